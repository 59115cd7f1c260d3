// SPDX-License-Identifier: MIT
// videos.mjs: the official client uses every video call, images and chat; prints TAP.
// Environment: BASE_URL (with /v1), API_KEY, PICTURE (a PNG of 1280x720).
import fs from 'node:fs';
import { File } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import OpenAI from 'openai';
import { is, ok } from './tap.mjs';

globalThis.File ??= File;		// Node 18 has it in its module only

const client = new OpenAI({
	baseURL: process.env.BASE_URL,
	apiKey: process.env.API_KEY,
	maxRetries: 0,
});
const short = { model: 'sora-2', seconds: '10', size: '1280x720' };

// The error that `promise` must end with.
async function failure(promise) {
	try {
		await promise;
	} catch (error) {
		return error;
	}
	return null;
}

async function fails(promise, Class, status, code, description) {
	const error = await failure(promise);
	ok(error instanceof Class, `${description}: ${Class.name}`, error?.message);
	is(error?.status, status, `${description}: ${status}`);
	is(error?.code, code, `${description}: ${code}`);
	ok(/^req_[0-9a-f]{24}$/.test(error?.requestID),
	    `${description}: has the request's id`, error?.requestID);
}

async function until_completed(id) {
	let video = await client.videos.retrieve(id);
	const end = Date.now() + 90000;
	while (['queued', 'in_progress'].includes(video.status) && Date.now() < end) {
		await pause(100);
		video = await client.videos.retrieve(id);
	}
	return video;
}

async function models() {
	const ids = [];
	for await (const model of client.models.list())
		ids.push(model.id);
	ok(ids.includes('sora-2'), 'models.list has sora-2', ids);
	const model = await client.models.retrieve('sora-2');
	is(model.object, 'model', 'models.retrieve');
	await fails(client.models.retrieve('no/such'), OpenAI.NotFoundError, 404,
	    'model_not_found', 'an unknown model');
}

async function create() {
	const video = await client.videos.create({ prompt: 'A quiet lake', ...short });
	ok(/^sora-2-[0-9a-f]{12}$/.test(video.id), 'videos.create: id', video.id);
	is(video.object, 'video', 'videos.create: object');
	is(video.model, 'sora-2', 'videos.create: model');
	is(video.seconds, '10', 'videos.create: seconds');
	is(video.size, '1280x720', 'videos.create: size');
	is(video.progress, 0, 'videos.create: progress');
	ok(Number.isInteger(video.created_at), 'videos.create: created_at');
	ok(/^req_[0-9a-f]{24}$/.test(video._request_id), 'videos.create: request id');
	return video.id;
}

async function create_from_picture() {
	const video = await client.videos.create({
		prompt: 'It begins to move',
		input_reference: fs.createReadStream(process.env.PICTURE),
		...short,
	});
	ok(['queued', 'in_progress'].includes(video.status),
	    'videos.create with a file', video.status);
	return video.id;
}

async function retrieve(id, description) {
	const video = await until_completed(id);
	is(video.status, 'completed', `${description}: completed`);
	is(video.progress, 100, `${description}: progress`);
	ok(video.completed_at >= video.created_at, `${description}: completed_at`);
}

async function download(id) {
	const answer = await client.videos.downloadContent(id);
	const bytes = Buffer.from(await answer.arrayBuffer());
	is(answer.headers.get('content-type'), 'video/mp4', 'downloadContent: type');
	is(bytes.toString('latin1', 4, 8), 'ftyp', 'downloadContent: an MP4 file');
	is(Number(answer.headers.get('content-length')), bytes.length,
	    'downloadContent: all of it');
}

async function remix(id) {
	const video = await client.videos.remix(id, { prompt: 'At night' });
	ok(video.id !== id, 'videos.remix: another id');
	is(video.remixed_from_video_id, id, 'videos.remix: its source');
	is(video.size, '1280x720', 'videos.remix: the size of its source');
	return video.id;
}

// Page by page to the end; new videos come in meanwhile.
async function list(known) {
	const seen = [];
	let page = await client.videos.list({ limit: 2 });
	is(page.data.length, 2, 'videos.list: a page');
	for (;;) {
		seen.push(...page.data.map((video) => video.id));
		if (!page.hasNextPage())
			break;
		await client.videos.create({ prompt: 'Meanwhile', ...short });
		page = await page.getNextPage();
	}
	is(new Set(seen).size, seen.length, 'videos.list: nothing twice');
	is([...seen].sort().join(), [...known].sort().join(), 'videos.list: no gap');
	const oldest = [];
	for await (const video of client.videos.list({ order: 'asc', limit: 3 }))
		oldest.push(video.id);
	is(oldest.slice(0, known.length).join(), known.join(),
	    'videos.list: the oldest first');
	const after = await client.videos.list({ after: known[2], order: 'asc' });
	is(after.data[0]?.id, known[3], 'videos.list: after one');
}

async function remove(id) {
	const gone = await client.videos.delete(id);
	is(gone.id, id, 'videos.delete: id');
	is(gone.deleted, true, 'videos.delete: deleted');
	is(gone.object, 'video.deleted', 'videos.delete: object');
	await fails(client.videos.retrieve(id), OpenAI.NotFoundError, 404,
	    'task_not_found', 'a deleted video');
}

async function errors() {
	const stranger = client.withOptions({ apiKey: 'wrong' });
	await fails(stranger.videos.list(), OpenAI.AuthenticationError, 401,
	    'invalid_api_key', 'a wrong key');
	await fails(client.videos.retrieve('sora-2-000000000000'),
	    OpenAI.NotFoundError, 404, 'task_not_found', 'an unknown video');
	await fails(client.videos.create({ ...short, prompt: ' ' }),
	    OpenAI.BadRequestError, 400, 'invalid_request', 'a blank prompt');
	await fails(client.videos.create({ ...short, prompt: 'x', seconds: '7' }),
	    OpenAI.BadRequestError, 400, 'invalid_request', 'other seconds');
	await fails(client.videos.downloadContent('sora-2-000000000000'),
	    OpenAI.NotFoundError, 404, 'task_not_found', 'no such content');
}

async function images() {
	const made = await client.images.generate({ model: 'sora-image', prompt: 'A kite' });
	ok(/\/tmp\/[0-9a-f]{32}\.png$/.test(made.data[0].url), 'images.generate: url', made);
	is(made.data[0].revised_prompt, 'A kite', 'images.generate: revised_prompt');
	const bytes = await client.images.generate({ model: 'gpt-image-1', prompt: 'A kite',
		response_format: 'b64_json' });
	is(Buffer.from(bytes.data[0].b64_json, 'base64').toString('latin1', 1, 4), 'PNG',
	    'images.generate: b64_json');
	const edited = await client.images.edit({
		model: 'sora-image', prompt: 'Both',
		image: [fs.createReadStream(process.env.PICTURE),
			fs.createReadStream(process.env.PICTURE)],
	});
	ok(/\.png$/.test(edited.data[0].url), 'images.edit with two files', edited);
	await fails(client.images.generate({ model: 'sora-image', prompt: 'x', n: 2 }),
	    OpenAI.BadRequestError, 400, 'invalid_value', 'two images');
}

async function chat() {
	const ask = { model: 'sora-video-10s', messages: [{ role: 'user', content: 'A lake' }] };
	const whole = await client.chat.completions.create(ask);
	is(JSON.parse(whole.choices[0].message.content).type, 'video', 'chat: content');
	is(whole.choices[0].finish_reason, 'stop', 'chat: finish_reason');
	const stream = await client.chat.completions.create({ ...ask, stream: true,
		stream_options: { include_usage: true } });
	let content = '';
	let last;
	for await (const chunk of stream) {
		content += chunk.choices[0]?.delta?.content ?? '';
		last = chunk;
	}
	is(JSON.parse(content).type, 'video', 'chat stream: content');
	is(last.usage?.total_tokens, 0, 'chat stream: usage');
	const refused = await client.chat.completions.create({ ...ask, stream: true,
		messages: [{ role: 'user', content: 'x [[sandbox:violation]]' }] });
	const error = await failure((async () => {
		for await (const chunk of refused)
			void chunk;
	})());
	ok(error instanceof OpenAI.APIError, 'chat stream: a failure is thrown', error?.message);
}

console.log('1..75');
await models();
const first = await create();
const second = await create_from_picture();
await retrieve(first, 'the first');
await retrieve(second, 'the one from a picture');
await download(first);
const third = await remix(first);
await retrieve(third, 'the remix');
const more = [];
for (let i = 0; i < 3; i++)
	more.push((await client.videos.create({ prompt: `More ${i}`, ...short })).id);
await list([first, second, third, ...more]);
await remove(first);
await errors();
await images();
await chat();
