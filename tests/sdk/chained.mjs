// SPDX-License-Identifier: MIT
// chained.mjs: through two gateways to the sandbox; prints TAP.
// Environment: BASE_URL and API_KEY of the one in front, BACK_URL and BACK_KEY of
// the one behind, PICTURE (a PNG of 1280x720).
import fs from 'node:fs';
import { File } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import OpenAI from 'openai';
import { is, ok } from './tap.mjs';

globalThis.File ??= File;		// Node 18 has it in its module only

const front = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY,
	maxRetries: 0 });
const back = new OpenAI({ baseURL: process.env.BACK_URL, apiKey: process.env.BACK_KEY,
	maxRetries: 0 });
const short = { model: 'sora-2', seconds: '10', size: '1280x720' };

async function until_ended(id) {
	let video = await front.videos.retrieve(id);
	const end = Date.now() + 90000;
	while (['queued', 'in_progress'].includes(video.status) && Date.now() < end) {
		await pause(100);
		video = await front.videos.retrieve(id);
	}
	return video;
}

async function behind() {
	const videos = [];
	for await (const video of back.videos.list({ limit: 100 }))
		videos.push(video);
	return videos;
}

async function a_video() {
	const made = await front.videos.create({ prompt: 'A quiet lake',
		input_reference: fs.createReadStream(process.env.PICTURE), ...short });
	const video = await until_ended(made.id);
	is(video.status, 'completed', 'a video from a picture is completed');
	is(video.seconds, '10', 'as long as was asked');
	const content = await front.videos.downloadContent(made.id);
	const bytes = Buffer.from(await content.arrayBuffer());
	is(bytes.toString('latin1', 4, 8), 'ftyp', 'its file is there');
	const there = await behind();
	is(there.length, 1, 'the one behind made one video');
	const other = await back.videos.downloadContent(there[0].id);
	ok(bytes.equals(Buffer.from(await other.arrayBuffer())), 'the same, byte for byte');
	return made.id;
}

async function a_remix(id) {
	const made = await front.videos.remix(id, { prompt: 'At night' });
	is((await until_ended(made.id)).status, 'completed', 'a remix is completed');
	const [there] = await behind();
	ok(/^sora-2-/.test(there.remixed_from_video_id), 'the one behind knows its source', there);
}

async function a_refusal() {
	const made = await front.videos.create({ prompt: 'x [[sandbox:violation]]', ...short });
	const video = await until_ended(made.id);
	is(video.status, 'failed', 'what the last upstream refuses has failed');
	ok(['content_policy_violation', 'moderation_blocked'].includes(video.error?.code),
	    'for its content', video.error);
}

// Two at once go to the one behind; the rest waits here, and all are made once.
async function many() {
	const before = (await behind()).length;
	const made = [];
	for (let i = 0; i < 6; i++)
		made.push((await front.videos.create({ prompt: `Boat ${i}`, ...short })).id);
	const states = await Promise.all(made.map((id) => front.videos.retrieve(id)));
	ok(states.some((video) => video.status === 'queued'), 'some wait in front', states);
	const ends = await Promise.all(made.map(until_ended));
	ok(ends.every((video) => video.status === 'completed'), 'all are completed', ends);
	is((await behind()).length - before, 6, 'each was made once');
}

async function an_image() {
	const made = await front.images.generate({ model: 'sora-image', prompt: 'A kite',
		response_format: 'b64_json' });
	is(Buffer.from(made.data[0].b64_json, 'base64').toString('latin1', 1, 4), 'PNG',
	    'an image comes through both');
	const edited = await front.images.edit({ model: 'sora-image', prompt: 'Red',
		image: fs.createReadStream(process.env.PICTURE) });
	ok(/\/tmp\/[0-9a-f]{32}\.png$/.test(edited.data[0].url), 'so does an edited one', edited);
}

async function a_chat() {
	const stream = await front.chat.completions.create({ model: 'sora-2', stream: true,
		messages: [{ role: 'user', content: 'A lake' }] });
	let content = '';
	for await (const chunk of stream)
		content += chunk.choices[0]?.delta?.content ?? '';
	is(JSON.parse(content).type, 'video', 'a stream ends with a video');
}

console.log('1..15');
const id = await a_video();
await a_remix(id);
await a_refusal();
await many();
await an_image();
await a_chat();
