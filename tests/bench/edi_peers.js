// SPDX-License-Identifier: ISC
// edi_peers.js - node-edifact and node-x12 over a file, every element touched. usage: node edi_peers.js FOLDER x12|edifact FILE
// FOLDER holds node_modules. Prints megabytes a second, the best of three.
const fs = require("fs");
const [folder, kind, file] = process.argv.slice(2);
const text = fs.readFileSync(file, "latin1");
let seen = 0;

function edifact() {
	const Parser = require(folder + "/node_modules/edifact/parser.js");
	const parser = new Parser();
	parser.onopensegment = () => { seen++; };
	parser.oncomponent = (value) => { seen += value.length; };
	parser.onelement = () => { seen++; };
	parser.encoding("UNOC");
	parser.write(text);
	parser.end();
}

function x12() {
	const { X12Parser } = require(folder + "/node_modules/node-x12");
	const interchange = new X12Parser(true).parse(text);
	for (const group of interchange.functionalGroups)
		for (const set of group.transactions)
			for (const segment of set.segments)
				for (const element of segment.elements)
					seen += element.value.length;
}

let best = 0;
for (let i = 0; i < 3; i++) {
	const begin = process.hrtime.bigint();
	(kind === "x12" ? x12 : edifact)();
	best = Math.max(best, text.length / 1e6 / (Number(process.hrtime.bigint() - begin) / 1e9));
}
if (seen === 0)
	process.exit(1);
console.log(best.toFixed(1));
