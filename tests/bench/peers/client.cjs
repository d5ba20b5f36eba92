/* PouchDB replicates the documents of a file, one in a line, to the server of
 * bench-peers. usage: client.cjs FOLDER FILE URL */
'use strict';
const fs = require('fs');
const PouchDB = require('pouchdb');

const BATCH = 200; /* as many as yikou-syncd sends in a request */

async function fill(db, file) {
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  for (let at = 0; at < lines.length; at += 1000) {
    const docs = lines.slice(at, at + 1000).map((line) => {
      const doc = JSON.parse(line);
      return { _id: doc.case_id, ...doc };
    });
    await db.bulkDocs(docs);
  }
  return lines.length;
}

async function main() {
  const [folder, file, url] = process.argv.slice(2);
  const local = new PouchDB(folder);
  const count = await fill(local, file);
  const cpu = process.cpuUsage();
  const began = process.hrtime.bigint();
  const done = await local.replicate.to(new PouchDB(url + '/cases'),
    { batch_size: BATCH });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const used = process.cpuUsage(cpu);
  if (done.docs_written !== count) throw new Error('not all were written');
  console.log(seconds.toFixed(2), ((used.user + used.system) / 1e6).toFixed(2),
    Math.round(process.resourceUsage().maxRSS / 1024));
}

main().then(() => process.exit(0), (error) => {
  console.error(String(error));
  process.exit(1);
});
