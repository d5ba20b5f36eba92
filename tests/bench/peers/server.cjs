/* A CouchDB-protocol server that others wrote, for bench-peers: documents in
 * LevelDB below the folder of its first argument. Prints its port. */
'use strict';
const express = require('express');
const PouchDB = require('pouchdb');

const kept = PouchDB.defaults({ prefix: process.argv[2] + '/' });
const app = express();

app.use('/', require('express-pouchdb')(kept, { mode: 'minimumForPouchDB' }));
const server = app.listen(0, '127.0.0.1', () =>
  console.log(server.address().port));
process.on('SIGTERM', () => {
  const used = process.cpuUsage();
  console.log(((used.user + used.system) / 1e6).toFixed(2));
  process.exit(0);
});
