/* A platform whose OAuth endpoints nobody here wrote: oidc-provider, over TLS,
 * with certificates of an authority that openssl(1) keeps. It approves every
 * code that asks, signs the terminal's request, and then lets only tokens in
 * that are bound to the certificate of their connection.
 * usage: node enrol.mjs NODE-MODULES WORK-DIR; WORK-DIR/port is its port, what it
 * saw goes to standard output. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { pathToFileURL } from 'node:url';

const [packages, work] = process.argv.slice(2);
const { default: Provider } = await import(
	pathToFileURL(`${packages}/oidc-provider/lib/index.js`));

const file = (name) => `${work}/${name}`;
const peer = (socket) => {
	const raw = socket.getPeerCertificate(true).raw;
	return raw && new X509Certificate(raw);
};

const server = https.createServer({
	key: readFileSync(file('server.key')),
	cert: readFileSync(file('server.pem')),
	ca: readFileSync(file('ca.pem')),
	requestCert: true,
	rejectUnauthorized: false,
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `https://127.0.0.1:${server.address().port}`;

const provider = new Provider(base, {
	clients: [{
		client_id: 'yikou-terminal',
		token_endpoint_auth_method: 'none',
		grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
		response_types: [],
		redirect_uris: [],
	}],
	scopes: ['enrol'],
	findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
	clientAuthMethods: ['none', 'tls_client_auth'],
	ttl: { ClientCredentials: 60, DeviceCode: 60, AccessToken: 60, Grant: 60 },
	routes: {
		token: '/v1/oauth/token',
		device_authorization: '/v1/oauth/device_authorization',
	},
	features: {
		devInteractions: { enabled: false },
		deviceFlow: { enabled: true },
		clientCredentials: { enabled: true },
		mTLS: {
			enabled: true,
			certificateBoundAccessTokens: true,
			tlsClientAuth: true,
			getCertificate: (ctx) => peer(ctx.req.socket),
			certificateAuthorized: (ctx) => ctx.req.socket.authorized,
			certificateSubjectMatches: (ctx, property, expected) =>
				peer(ctx.req.socket).subject === expected,
		},
	},
});

/* What a supervisor does in the browser; the codes are all approved, after the
 * terminal was told once or twice to wait. */
provider.on('device_authorization.success', (ctx, body) => {
	console.log(`code ${body.user_code}`);
	setTimeout(async () => {
		const code = await provider.DeviceCode.findByUserCode(
			body.user_code.replace(/[^A-Z]/gi, ''));
		const grant = new provider.Grant({
			accountId: 'supervisor', clientId: 'yikou-terminal' });
		grant.addOIDCScope('enrol');
		code.accountId = 'supervisor';
		code.grantId = await grant.save();
		code.scope = 'enrol';
		code.authTime = Math.floor(Date.now() / 1000);
		await code.save();
	}, 700);
});
provider.on('grant.error', (ctx, error) => console.log(`grant ${error.error} ${error.error_detail ?? ''}`));
provider.on('server_error', (ctx, error) => console.log(`broken ${error.stack}`));

const bearer = (request) =>
	(request.headers.authorization ?? '').replace(/^Bearer /, '');

function answer(response, status, body) {
	response.writeHead(status, { 'Content-Type': status < 400
		? 'application/json' : 'application/problem+json' });
	response.end(JSON.stringify(body));
}

async function certify(request, response, device, text) {
	const token = await provider.AccessToken.find(bearer(request));

	if (!token || token.scope !== 'enrol')
		return answer(response, 401, { code: 'unauthorized' });
	writeFileSync(file('terminal.csr'), JSON.parse(text).csr);
	execFileSync('openssl', ['x509', '-req', '-in', file('terminal.csr'),
		'-CA', file('ca.pem'), '-CAkey', file('ca.key'),
		'-CAcreateserial', '-days', '30', '-out', file('signed.pem')],
		{ stdio: 'ignore' });
	const certificate = readFileSync(file('signed.pem'), 'utf8');
	await provider.Client.adapter.upsert(device, {
		client_id: device,
		token_endpoint_auth_method: 'tls_client_auth',
		tls_client_auth_subject_dn: `CN=${device}`,
		tls_client_certificate_bound_access_tokens: true,
		grant_types: ['client_credentials'],
		response_types: [],
		redirect_uris: [],
	});
	console.log('certified');
	return answer(response, 201, { device_id: device, certificate });
}

/* A resource: only with a token whose print is that of this connection. */
async function resource(request, response) {
	const token = await provider.ClientCredentials.find(bearer(request));
	const certificate = peer(request.socket);
	const print = certificate && Buffer.from(
		certificate.fingerprint256.replaceAll(':', ''), 'hex')
		.toString('base64url');
	const good = token && print && token['x5t#S256'] === print;

	console.log(good ? 'bound' : 'not-bound');
	return good
		? answer(response, 503, { code: 'unavailable' })
		: answer(response, 401, { code: 'unauthorized' });
}

const oauth = provider.callback();
server.on('request', (request, response) => {
	const device = /^\/v1\/devices\/([^/]+)\/certificate$/.exec(request.url);
	let text = '';

	if (request.url === '/v1/health')
		return answer(response, 200, { status: 'up' });
	if (request.url.startsWith('/v1/oauth/'))
		return oauth(request, response);
	if (!device)
		return resource(request, response);
	request.on('data', (data) => { text += data; });
	return request.on('end', () => certify(request, response, device[1], text));
});
writeFileSync(file('port'), `${server.address().port}\n`);
