// SPDX-License-Identifier: MIT
// tap.mjs: cases, as TAP.
let count = 0;

export function ok(holds, description, found) {
	count++;
	console.log(`${holds ? 'ok' : 'not ok'} ${count} - ${description}`);
	if (!holds && found !== undefined)
		console.log(`# got: ${JSON.stringify(found)}`);
}

export function is(got, wanted, description) {
	ok(Object.is(got, wanted), description, got);
}
