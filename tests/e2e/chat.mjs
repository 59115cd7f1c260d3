// SPDX-License-Identifier: MIT
// chat.mjs: reads the stream of a chat completion on stdin and checks every
// byte of it. Arguments: structured or markdown, and what it must end with:
// result or failure; with "usage" as the third, usage comes too. Prints one
// line: the stages told, the last progress, and the content or the error's code.
import assert from 'node:assert/strict';
import fs from 'node:fs';

const [style, wanted, usage] = process.argv.slice(2);
const text = fs.readFileSync(0, 'utf8');
const markdown = style === 'markdown';
const stages = ['upload', 'generation', 'storyboard', 'remix', 'character_creation',
	'watermark_free', 'cache', 'error'];

assert(!text.includes('\r') && text.endsWith('\n\n'), 'line ends');
const blocks = text.slice(0, -2).split('\n\n');
const events = [];
for (const block of blocks) {
	if (block === ': keep-alive')
		continue;
	assert(/^data: [^\n]+$/.test(block), `an event is one line: ${block}`);
	events.push(block.slice(6));
}
assert.equal(events.pop(), '[DONE]');
const chunks = events.map((line) => {
	const json = JSON.parse(line);
	assert.equal(JSON.stringify(json), line, 'compact');
	return json;
});

function base(chunk, keys) {
	assert.deepEqual(Object.keys(chunk), ['id', 'object', 'created', 'model', ...keys]);
	assert(/^chatcmpl-[0-9a-f]{24}$/.test(chunk.id));
	assert.equal(chunk.id, chunks[0].id);
	assert.equal(chunk.object, 'chat.completion.chunk');
	assert.equal(chunk.created, chunks[0].created);
	assert.equal(chunk.model, markdown ? chunks[0].model : 'sora');
}

function delta(chunk, finish) {
	base(chunk, ['choices']);
	assert.equal(chunk.choices.length, 1);
	const choice = chunk.choices[0];
	assert.deepEqual(Object.keys(choice), ['index', 'delta', 'finish_reason']);
	assert.equal(choice.index, 0);
	assert.equal(choice.finish_reason, finish);
	return choice.delta;
}

let progress = 0;
const told = [];

function reasoning(object) {
	assert.deepEqual(Object.keys(object), ['stage', 'status', 'progress', 'message']);
	assert(stages.includes(object.stage), object.stage);
	assert(['started', 'processing', 'completed', 'error'].includes(object.status));
	assert(Number.isInteger(object.progress) && object.progress <= 100);
	assert(object.progress >= progress, 'progress never falls');
	assert.equal(typeof object.message, 'string');
	progress = object.progress;
	if (told.at(-1) !== object.stage)
		told.push(object.stage);
}

function first(chunk) {
	const d = delta(chunk, null);
	if (markdown)
		return assert.deepEqual(d, { role: 'assistant', content: '' });
	assert.deepEqual(Object.keys(d), ['role', 'content', 'reasoning_content']);
	assert.equal(d.role, 'assistant');
	assert.equal(d.content, null);
	reasoning(d.reasoning_content);
	assert.equal(d.reasoning_content.status, 'started');
}

function middle(chunk) {
	const d = delta(chunk, null);
	if (markdown) {
		assert.deepEqual(Object.keys(d), ['reasoning_content']);
		assert.equal(typeof d.reasoning_content, 'string');
		const percent = /(\d+)%\n$/.exec(d.reasoning_content);
		assert(!percent || Number(percent[1]) >= progress, 'progress never falls');
		progress = percent ? Number(percent[1]) : progress;
		return;
	}
	assert.deepEqual(Object.keys(d), ['content', 'reasoning_content']);
	assert.equal(d.content, null);
	reasoning(d.reasoning_content);
}

function stop(chunk) {
	assert.deepEqual(delta(chunk, 'stop'), {});
}

function content(chunk, finish) {
	const d = delta(chunk, finish);
	assert.deepEqual(Object.keys(d), ['content']);
	return d.content;
}

let last;
let end = chunks.length;
if (usage === 'usage') {
	const chunk = chunks[--end];
	base(chunk, ['choices', 'usage']);
	assert.deepEqual(chunk.choices, []);
	assert.deepEqual(chunk.usage,
	    { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });
}
if (wanted === 'failure') {
	const chunk = chunks[--end];
	assert.deepEqual(Object.keys(chunk), ['error']);
	assert.deepEqual(Object.keys(chunk.error), ['message', 'type', 'param', 'code']);
	last = chunk.error.code;
	if (markdown) {
		stop(chunks[--end]);
		assert.equal(content(chunks[--end], null), chunk.error.message);
	} else {
		const d = chunks[end - 1].choices[0].delta.reasoning_content;
		assert.deepEqual([d.stage, d.status, d.message],
		    ['error', 'error', chunk.error.message]);
	}
} else if (markdown) {
	stop(chunks[--end]);
	last = content(chunks[--end], null);
} else {
	last = content(chunks[--end], 'stop');
}
first(chunks[0]);
chunks.slice(1, end).forEach(middle);
console.log(`${told.join(' ')} ${progress} ${last.trimEnd().replaceAll('\n', ' ')}`);
