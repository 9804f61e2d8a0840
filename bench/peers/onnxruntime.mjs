// ONNX Runtime on one thread, whose C header is in none of the packages that ship its library: a script of its own, on
// the npm package onnxruntime-node. It builds models of one node, times session.run with its output array given, and
// prints JSON as Google Benchmark does, for bench/report.py. Nothing is subtracted: the figures contain what a call
// costs, some seven microseconds and half a nanosecond or more per element, for the output is made anew and copied. The
// rows of relu show it.
//
//   npm install onnxruntime-node                                  # anywhere; run the script from there
//   node .../bench/peers/onnxruntime.mjs '^(exp|tanh)_f32' > ort.json     # a pattern of names, or all
//   .../bench/report.py activation.json ort.json
//
// max_error is as in bench_activation, against formulas in double.
import { createRequire } from 'node:module';

const ort = createRequire(process.cwd() + '/')('onnxruntime-node');
const pattern = new RegExp(process.argv[2] ?? '');
const sizes = [3, 16, 64, 100, 384, 768, 1024, 1536, 4096, 16384, 65536, 1 << 20, 4 << 20];
const shapes = [[1638, 10], [128, 128], [16, 1000], [1, 32000]];
const REPETITIONS = 9, MILLISECONDS = 20;

// Protocol Buffers, as much as a model needs: [field, number | string | Uint8Array | nested fields], and floats.
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
const float = value => ({ bytes: [...new Uint8Array(new Float32Array([value]).buffer)] });
function encode(fields) {
  return fields.flatMap(([field, value]) => {
    if (typeof value === 'number') return [...varint(field * 8), ...varint(value)];
    if (value.bytes) return [...varint(field * 8 + 5), ...value.bytes];
    const bytes = typeof value === 'string' ? [...Buffer.from(value)] : encode(value);
    return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
  });
}
const attribute = ([name, value]) => [5, typeof value === 'number' ? [[1, name], [2, float(value)], [20, 1]]
  : [[1, name], [4, value], [20, 3]]];
const tensor = (name, dims) => [[1, name], [2, [[1, [[1, 1], [2, dims.map(d => [1, [[1, d]]])]]]]]];
function model(op, attributes, inputs, output) {
  const domain = op === 'QuickGelu' ? 'com.microsoft' : '';
  const node = [...Object.keys(inputs).map(name => [1, name]), [2, 'y'], [4, op], [7, domain],
    ...Object.entries(attributes).map(attribute)];
  return Uint8Array.from(encode([[1, 9], [8, [[1, ''], [2, 20]]], [8, [[1, 'com.microsoft'], [2, 1]]],
    [7, [[1, node], [2, 'g'], ...Object.entries(inputs).map(([name, dims]) => [11, tensor(name, dims)]),
      [12, tensor('y', output)]]]]));
}

function normal(n) { // as bench_normal, by other random numbers
  let state = 1;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Float32Array.from({ length: n }, () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += uniform();
    return 2 * sum;
  });
}

async function time(session, feeds, fetches) {
  const run = async times => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) await session.run(feeds, fetches);
    return Number(process.hrtime.bigint() - start) / times;
  };
  await run(3);
  const times = Math.max(1, Math.ceil(MILLISECONDS * 1e6 / await run(3)));
  const results = [];
  for (let i = 0; i < REPETITIONS; i++) results.push(await run(times));
  return { times, results };
}

const benchmarks = [];
async function measure(name, op, attributes, inputs, output, elements, exact) {
  if (!pattern.test(name)) return;
  const session = await ort.InferenceSession.create(model(op, attributes, inputs, output),
    { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' });
  const feeds = Object.fromEntries(Object.entries(inputs).map(([input, dims]) =>
    [input, new ort.Tensor('float32', normal(dims.reduce((a, b) => a * b)), dims)]));
  const y = new Float32Array(output.reduce((a, b) => a * b, 1));
  const { times, results } = await time(session, feeds, { y: new ort.Tensor('float32', y, output) });
  const expected = exact?.(...Object.values(feeds).map(t => t.data));
  const error = expected && y.reduce((most, value, i) =>
    Math.max(most, Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i]))), 0);
  if (error > 1e-2) return console.error(`${name} is wrong by ${error}: not reported`);
  for (const nanoseconds of results)
    benchmarks.push({ name, run_name: name, run_type: 'iteration', iterations: times, cpu_time: nanoseconds,
      real_time: nanoseconds, time_unit: 'ns', ns_per_element: nanoseconds / elements, max_error: error });
}

function erf(x) {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x, sum = x;
  for (let k = 1; Math.abs(term) > 1e-17; k++) sum += (term *= -x * x / k) / (2 * k + 1);
  return sum * 2 / Math.sqrt(Math.PI);
}
const sigmoid = x => 1 / (1 + Math.exp(-x)), softplus = x => Math.log1p(Math.exp(x));
const elu = x => (x > 0 ? x : Math.expm1(x)), hard = x => Math.max(0, Math.min(1, x / 6 + 0.5));
const maps = {
  relu: ['Relu', {}, x => Math.max(x, 0)],
  leaky_relu: ['LeakyRelu', {}, x => (x < 0 ? 0.01 * x : x)],
  elu: ['Elu', {}, elu],
  selu: ['Selu', {}, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  celu: ['Celu', {}, elu],
  sigmoid: ['Sigmoid', {}, sigmoid],
  hard_sigmoid: ['HardSigmoid', { alpha: 1 / 6, beta: 0.5 }, hard],
  tanh: ['Tanh', {}, Math.tanh],
  gelu: ['Gelu', {}, x => x * (1 + erf(x / Math.SQRT2)) / 2],
  gelu_tanh: ['Gelu', { approximate: 'tanh' },
    x => x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) / 2],
  silu: ['QuickGelu', { alpha: 1 }, x => x * sigmoid(x)],
  hard_swish: ['HardSwish', {}, x => x * hard(x)],
  softplus: ['Softplus', {}, softplus],
  softsign: ['Softsign', {}, x => x / (1 + Math.abs(x))],
  mish: ['Mish', {}, x => x * Math.tanh(softplus(x))],
  exp: ['Exp', {}, Math.exp],
  erf: ['Erf', {}, erf],
  thresholded_relu: ['ThresholdedRelu', { alpha: 1 }, x => (x > 1 ? x : 0)],
};

for (const [kind, [op, attributes, exact]] of Object.entries(maps))
  for (const n of sizes)
    await measure(`${kind}_f32/onnxruntime/${n}`, op, attributes, { x: [n] }, [n], n, x => Float64Array.from(x, exact));
for (const [kind, op] of [['softmax', 'Softmax'], ['log_softmax', 'LogSoftmax']])
  for (const [rows, cols] of shapes)
    await measure(`${kind}_f32/onnxruntime/${rows}x${cols}`, op, {}, { x: [rows, cols] }, [rows, cols], rows * cols);
for (const n of sizes)
  await measure(`dot_f32/onnxruntime/${n}`, 'MatMul', {}, { a: [1, n], b: [n, 1] }, [1, 1], n,
    (a, b) => [a.reduce((sum, value, i) => sum + value * b[i], 0)]);
console.log(JSON.stringify({ benchmarks }, null, 1));
