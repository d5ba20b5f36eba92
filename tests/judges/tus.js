/* A tus client that nobody here wrote uploads to the platform in chunks, stops
 * in the middle, goes on from where the platform says it came to, and the bytes
 * are read back. usage: node tus.js PACKAGES PORT TOKEN */
"use strict";
const crypto = require("crypto");
const [packages, port, token] = process.argv.slice(2);
const tus = require(packages + "/node_modules/tus-js-client");

const CHUNK = 262144;
const bytes = crypto.randomBytes(3 * 1024 * 1024 + 17);
const sha256 = crypto.createHash("sha256").update(bytes).digest("hex");
const base = "http://127.0.0.1:" + port;
const headers = { Authorization: "Bearer " + token };

function upload(options) {
	return new Promise((resolve, reject) => {
		const job = new tus.Upload(bytes, {
			endpoint: base + "/v1/uploads",
			chunkSize: CHUNK,
			headers,
			retryDelays: null,
			metadata: { sha256, media_type: "image/jpeg" },
			onError: reject,
			onSuccess: () => resolve(job.url),
			onChunkComplete: (size, sent) => {
				if (options.stopAfter && sent >= options.stopAfter)
					job.abort().then(() => resolve(job.url));
			},
			...options,
		});
		job.start();
	});
}

async function main() {
	const url = await upload({ stopAfter: 5 * CHUNK });
	const head = await fetch(new URL(url, base), {
		method: "HEAD",
		headers: { ...headers, "Tus-Resumable": "1.0.0" },
	});
	const offset = Number(head.headers.get("Upload-Offset"));
	if (offset < 5 * CHUNK || offset >= bytes.length)
		throw new Error("stopped at " + offset);
	await upload({ uploadUrl: new URL(url, base).href });
	const got = await fetch(base + "/v1/blobs/" + sha256, { headers });
	const back = Buffer.from(await got.arrayBuffer());
	if (got.status !== 200 || !back.equals(bytes))
		throw new Error("read back: " + got.status);
	console.log("stopped at", offset, "of", bytes.length, "and went on");
}

main().catch((error) => {
	console.error(String(error));
	process.exit(1);
});
