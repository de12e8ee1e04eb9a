// The driver of unmodified bybit-api under Node: python -m drivers.node drivers/bybit_api.mjs
//
// What a careful user writes around the library's REST client, WebSocket client and WebSocket API client: it
// remembers its intents, sets PostOnly and orderLinkId, takes each row of the streams, asks for an order once
// after an exception, and asks for everything when the library says that it has reconnected. Trying again,
// connecting anew and keeping limits are left to the library.

import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RestClientV5, WebsocketAPIClient, WebsocketClient } from 'bybit-api';
import { declined, notify, serve } from './stdio.mjs';

const library = createRequire(import.meta.url)('bybit-api/package.json').version;
const STATES = {
  New: 'LIVE', PartiallyFilled: 'PARTIAL', Filled: 'FILLED',
  Cancelled: 'CANCELLED', PartiallyFilledCanceled: 'CANCELLED', Rejected: 'REJECTED',
};
const OFFERED = { amend: true, batch: 10, cancel_all: true, recovery: false, inventory: true };
const ENDED = ['FILLED', 'CANCELLED', 'REJECTED'];

const intents = new Map(); // name -> intent
const links = new Map(); // orderLinkId -> intent
const fills = new Map(); // execId -> execution
let rest, stream, trade, symbol, instrument, fillsFile;

const alert = (reason, text) => notify('alert', { severity: 'warning', reason, text: text.slice(0, 500) });

// --- what is believed

const report = ({ state, linkId, price, qty, filled, reason }) => ({
  state, order_link_id: linkId, price, qty, filled_qty: filled, reason,
});

function known(name) {
  if (!intents.has(name)) throw declined(`no order of the intent ${name}`);
  return intents.get(name);
}

function added({ intent: name, ...terms }) {
  const intent = { name, linkId: randomUUID(), ...terms, state: 'PENDING', filled: '0', reason: '', hasEnded: false };
  intents.set(name, intent);
  links.set(intent.linkId, intent);
  return intent;
}

const notEnded = () => [...intents.values()].filter((intent) => !ENDED.includes(intent.state));

function believe(intent, state, reason) {
  Object.assign(intent, { state, reason });
  notify('orderChanged', { intent: intent.name, ...report(intent) });
}

function takeOrder(row) {
  const intent = links.get(row.orderLinkId);
  if (!intent || intent.hasEnded) return; // what the venue has ended stays ended
  const state = STATES[row.orderStatus] ?? 'UNKNOWN';
  if (state === 'UNKNOWN' && intent.state !== state) lookUp(intent, 'a status that is not known');
  const { price, qty, filled } = intent;
  const shown = { price: row.price || price, qty: row.qty || qty, filled: row.cumExecQty || filled };
  Object.assign(intent, shown, { hasEnded: ENDED.includes(state) });
  believe(intent, state, row.rejectReason ?? '');
}

function takeFill(row) {
  if (!links.has(row.orderLinkId) || fills.has(row.execId)) return;
  fills.set(row.execId, row);
  appendFileSync(fillsFile, `${JSON.stringify(row)}\n`);
}

// --- calls of the library

const named = (intent) => ({ category: 'spot', symbol, orderLinkId: intent.linkId });
const terms = (intent) => ({
  symbol, orderLinkId: intent.linkId, side: intent.side, orderType: 'Limit',
  qty: intent.qty, price: intent.price, timeInForce: 'PostOnly',
});

async function send(sent, call) {
  try {
    const reply = await call();
    if (reply.retCode !== 0) throw reply;
    const items = reply.retExtInfo?.list ?? [];
    items.forEach(({ code, msg }, place) => code && believe(sent[place], 'REJECTED', `${code}: ${msg}`));
  } catch (error) {
    const text = error.retCode ? `${error.retCode}: ${error.retMsg}` : `${error.code ?? ''} ${error.message ?? error}`;
    alert('refused', text);
    await Promise.all(sent.map((intent) => lookUp(intent, text)));
  }
}

async function lookUp(intent, reason) {
  try {
    const open = await rest.getActiveOrders(named(intent));
    const row = open.result.list[0] ?? (await rest.getHistoricOrders(named(intent))).result.list[0];
    (await rest.getExecutionList(named(intent))).result.list.forEach(takeFill);
    if (row) takeOrder(row);
    else believe(intent, 'REJECTED', reason);
  } catch (error) {
    believe(intent, 'UNKNOWN', `${error.message} after ${reason}`);
  }
}

const catchUp = () => notEnded().forEach((intent) => lookUp(intent, 'not shown after a reconnect'));

// --- the methods of the protocol

const methods = {
  initialize: ({ protocol }) => ({
    protocol, name: 'bybit-api', version: '1.0', library: `bybit-api ${library}`,
    capabilities: { transports: ['rest', 'trade'], ...OFFERED },
  }),

  async start({ hosts, key_variable, secret_variable, transport, state_directory, ...params }) {
    const keys = { key: process.env[key_variable], secret: process.env[secret_variable] };
    symbol = params.symbol;
    fillsFile = `${state_directory}/fills.jsonl`;
    const kept = existsSync(fillsFile) ? readFileSync(fillsFile, 'utf8').trim().split('\n').filter(Boolean) : [];
    kept.map(JSON.parse).forEach((row) => fills.set(row.execId, row));
    rest = new RestClientV5({ ...keys, baseUrl: hosts.rest });
    [instrument] = (await rest.getInstrumentsInfo({ category: 'spot', symbol })).result.list;
    stream = new WebsocketClient({ ...keys, wsUrl: hosts.private });
    stream.on('update', ({ topic, data }) => data.forEach(topic === 'order' ? takeOrder : takeFill));
    stream.on('reconnect', () => alert('stream', 'the private stream was lost and is opened again'));
    stream.on('exception', (error) => alert('stream', error.ret_msg ?? error.message ?? 'an exception of the stream'));
    const subscribed = new Promise((resolve, reject) => {
      // Only now is a push sure to come: 'reconnected' is emitted before the topics are subscribed anew.
      stream.on('response', ({ op }) => op === 'subscribe' && resolve(catchUp()));
      stream.on('exception', ({ op, ret_msg: text }) => op === 'subscribe' && reject(new Error(text)));
    });
    stream.subscribeV5(['order', 'execution'], 'spot');
    await subscribed;
    if (transport === 'trade') {
      trade = new WebsocketAPIClient({ ...keys, wsUrl: hosts.trade });
      await trade.getWSClient().connectWSAPI();
    }
  },

  submit(order) {
    const intent = added(order);
    const body = { category: 'spot', ...terms(intent) };
    send([intent], () => (trade ? trade.submitNewOrder(body) : rest.submitOrder(body)));
  },

  submit_batch({ orders }) {
    const sent = orders.map(added);
    send(sent, () => (trade ?? rest).batchSubmitOrders('spot', sent.map(terms)));
  },

  amend({ intent: name, ...changes }) {
    const intent = known(name);
    send([intent], () => (trade ?? rest).amendOrder({ ...named(intent), ...changes }));
  },

  cancel({ intent: name }) {
    const intent = known(name);
    send([intent], () => (trade ?? rest).cancelOrder(named(intent)));
  },

  cancel_all: () => notEnded().forEach(({ name }) => methods.cancel({ intent: name })),
  order: ({ intent }) => report(known(intent)),
  open_orders: () => ({
    orders: [...intents.values()].filter(({ state }) => ['LIVE', 'PARTIAL'].includes(state)).map(({ linkId }) => linkId),
  }),

  inventory() {
    const held = { base: 0n, quote: 0n };
    for (const row of fills.values()) {
      const sign = row.side === 'Buy' ? 1n : -1n;
      held.base += sign * scaled(row.execQty);
      held.quote -= sign * scaled(row.execValue);
      held[row.feeCurrency === instrument.baseCoin ? 'base' : 'quote'] -= scaled(row.execFee);
    }
    return { base: unscaled(held.base), quote: unscaled(held.quote) };
  },

  async stop() {
    if (!stream) return;
    const sockets = [stream, trade?.getWSClient()];
    stream = undefined;
    await Promise.all(notEnded().map((intent) => rest.cancelOrder(named(intent)).catch(() => {})));
    sockets.forEach((socket) => socket?.closeAll(true));
  },
};

// --- figures: JavaScript's numbers would round them

const DIGITS = 24;
function scaled(text) {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  return BigInt(sign + whole + fraction.padEnd(DIGITS, '0'));
}

function unscaled(figure) {
  const digits = String(figure < 0n ? -figure : figure).padStart(DIGITS + 1, '0');
  return `${figure < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
}

serve(methods);
