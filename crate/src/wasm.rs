//! What JavaScript sees of the crate. Arguments were checked there.
//!
//! Pointers are addresses in the module's memory. An address holds until its array is replaced (`allocate…`, `clear…`, `setOptimizer`,
//! `initialize`, `predict`) or its owner freed. A typed array made of it holds until memory grows, which any call may cause.
//! A call named `allocate…` or `create`, `uint8`, `float32`, `holdOut` and `predict` gives nothing, and one that returns a boolean gives
//! `false`, where memory does not suffice.

use crate::data::samples::{Inputs, Samples, Targets};
use crate::memory::reserve;
use crate::model::Model;
use crate::optimizer::schedule;
use crate::optimizer::sgd::Sgd;
use crate::softmax::Metrics;
use wasm_bindgen::prelude::*;

/// The module's memory.
#[wasm_bindgen(js_name = kernelMemory, unchecked_return_type = "WebAssembly.Memory")]
pub fn kernel_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// The learning rate of a batch that comes after `done` of the `total` batches of a cosine from `initial` to `last`.
#[wasm_bindgen(js_name = cosineRate)]
pub fn cosine_rate(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    schedule::cosine(initial, last, done, total)
}

/// As `cosineRate`, on a straight line.
#[wasm_bindgen(js_name = linearRate)]
pub fn linear_rate(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    schedule::linear(initial, last, done, total)
}

/// The learning rate after `epochs` epochs, multiplied by `factor` after every `every` of them.
#[wasm_bindgen(js_name = stepRate)]
pub fn step_rate(initial: f64, factor: f64, every: u32, epochs: u32) -> f32 {
    schedule::step(initial, factor, every, epochs)
}

/// Inputs and targets in the module's memory.
#[wasm_bindgen]
pub struct KernelSamples(Samples);

#[wasm_bindgen]
impl KernelSamples {
    /// Room for `count` samples of bytes.
    pub fn uint8(count: usize, features: usize) -> Option<Self> {
        Samples::uint8(count, features).ok().map(Self)
    }

    /// Room for `count` samples of float32.
    pub fn float32(count: usize, features: usize) -> Option<Self> {
        Samples::float32(count, features).ok().map(Self)
    }

    /// The inputs `[count, D]`, uint8 or float32.
    pub fn inputs(&mut self) -> *mut u8 {
        match &mut self.0.inputs {
            Inputs::Uint8(values) => values.as_mut_ptr(),
            Inputs::Float32(values) => values.as_mut_ptr().cast(),
        }
    }

    /// New labels `[count]`, one class index per sample.
    #[wasm_bindgen(js_name = allocateLabels)]
    pub fn allocate_labels(&mut self) -> Option<*mut u16> {
        self.0.allocate_labels().ok().map(<[u16]>::as_mut_ptr)
    }

    /// New soft targets `[count, C]`.
    #[wasm_bindgen(js_name = allocateTargets)]
    pub fn allocate_targets(&mut self, classes: usize) -> Option<*mut f32> {
        self.0.allocate_targets(classes).ok().map(<[f32]>::as_mut_ptr)
    }

    /// Finds the largest class of every soft target; to be called once they are written.
    #[wasm_bindgen(js_name = rankTargets)]
    pub fn rank_targets(&mut self) {
        self.0.rank_targets();
    }

    /// Makes the samples unlabelled.
    #[wasm_bindgen(js_name = clearTargets)]
    pub fn clear_targets(&mut self) {
        self.0.targets = Targets::None;
    }

    /// The class of every sample, of soft targets the largest `[count]`; nothing where there are no targets.
    pub fn labels(&self) -> Option<*const u16> {
        self.0.labels().map(<[u16]>::as_ptr)
    }

    /// New weights `[count]`: how much every sample counts in training.
    #[wasm_bindgen(js_name = allocateWeights)]
    pub fn allocate_weights(&mut self) -> Option<*mut f32> {
        self.0.allocate_sample_weights().ok().map(<[f32]>::as_mut_ptr)
    }

    /// Makes all samples count 1.
    #[wasm_bindgen(js_name = clearWeights)]
    pub fn clear_weights(&mut self) {
        self.0.sample_weights = None;
    }

    /// Position of the first input that is NaN or infinite.
    #[wasm_bindgen(js_name = firstNonFinite)]
    pub fn first_non_finite(&self) -> Option<usize> {
        self.0.first_non_finite()
    }
}

/// The classifier, and the metrics of its last call.
#[wasm_bindgen]
pub struct KernelModel {
    model: Model,
    metrics: Metrics,
    probabilities: Box<[f32]>,
}

#[wasm_bindgen]
impl KernelModel {
    /// A model whose parameters are zero; `uses_fixed16` says whether bytes are multiplied in int16.
    pub fn create(features: usize, classes: usize, uses_fixed16: bool) -> Option<Self> {
        let model = Model::new(features, classes, uses_fixed16).ok()?;
        Some(Self { model, metrics: Metrics::default(), probabilities: Box::default() })
    }

    /// W ~ N(0, deviation²) by the seed, b = 0. The momentum buffer is dropped.
    pub fn initialize(&mut self, seed: u32, deviation: f64) {
        self.model.initialize(seed, deviation);
    }

    /// W `[C, D]` followed by b `[C]`.
    pub fn parameters(&mut self) -> *mut f32 {
        self.model.parameters.as_mut_ptr()
    }

    /// The gradient of the last batch, a sum over its samples; laid out as the parameters.
    pub fn gradient(&mut self) -> *mut f32 {
        self.model.gradient.as_mut_ptr()
    }

    /// The scale of every feature `[D]`, for x' = x · scale + shift.
    pub fn scale(&mut self) -> *mut f32 {
        self.model.scaling.scale_mut().as_mut_ptr()
    }

    /// The shift of every feature `[D]`.
    pub fn shift(&mut self) -> *mut f32 {
        self.model.scaling.shift_mut().as_mut_ptr()
    }

    /// To be called once scale and shift are written.
    #[wasm_bindgen(js_name = refreshScaling)]
    pub fn refresh_scaling(&mut self) {
        self.model.scaling.refresh();
    }

    /// How the following steps are taken, as torch.optim.SGD has it. The momentum buffer is made or kept where there is
    /// momentum, and dropped where there is none.
    #[wasm_bindgen(js_name = setOptimizer)]
    pub fn set_optimizer(&mut self, momentum: f32, nesterov: bool, weight_decay: f32, decay_bias: bool) -> bool {
        self.model.set_optimizer(Sgd { momentum, nesterov, weight_decay, decay_bias }).is_ok()
    }

    /// ε of targets (1 − ε) Y + ε / C in the following gradients.
    #[wasm_bindgen(js_name = setLabelSmoothing)]
    pub fn set_label_smoothing(&mut self, label_smoothing: f32) {
        self.model.label_smoothing = label_smoothing;
    }

    /// The momentum buffer, laid out as the parameters; nothing without momentum.
    #[wasm_bindgen(js_name = momentumBuffer)]
    pub fn momentum_buffer(&mut self) -> Option<*mut f32> {
        let buffer = &mut self.model.momentum_buffer;
        (!buffer.is_empty()).then_some(buffer.as_mut_ptr())
    }

    /// As `momentumBuffer`, zeros where there was none.
    #[wasm_bindgen(js_name = allocateMomentumBuffer)]
    pub fn allocate_momentum_buffer(&mut self) -> Option<*mut f32> {
        self.model.allocate_momentum_buffer().ok().map(<[f32]>::as_mut_ptr)
    }

    /// Drops the momentum buffer.
    #[wasm_bindgen(js_name = clearMomentumBuffer)]
    pub fn clear_momentum_buffer(&mut self) {
        self.model.momentum_buffer = Box::default();
    }

    /// Makes room for what batches of up to `rows` of such samples need.
    pub fn reserve(&mut self, samples: &KernelSamples, rows: usize) -> bool {
        self.model.reserve(&samples.0, rows).is_ok()
    }

    /// Holds out a fraction of every class from the epochs that follow, or none. Returns how many samples are left.
    #[wasm_bindgen(js_name = holdOut)]
    pub fn hold_out(&mut self, samples: &KernelSamples, fraction: f64, seed: u32) -> Option<usize> {
        self.model.hold_out(&samples.0, fraction, seed).ok()
    }

    /// Lays down the order of an epoch: shuffled by (seed, stream), or as the samples are.
    #[wasm_bindgen(js_name = beginEpoch)]
    pub fn begin_epoch(&mut self, count: usize, shuffled: bool, seed: u32, stream: u32) -> bool {
        self.model.begin_epoch(count, shuffled.then_some((seed, stream))).is_ok()
    }

    /// One step on the positions from `start` to `end` of the epoch's order, which are measured before it.
    pub fn train(&mut self, samples: &KernelSamples, start: usize, end: usize, learning_rate: f32) -> bool {
        self.model.train(&samples.0, start..end, learning_rate).map(|metrics| self.metrics = metrics).is_ok()
    }

    /// Computes the gradient of the positions from `start` to `end` of the epoch's order, and measures them.
    pub fn differentiate(&mut self, samples: &KernelSamples, start: usize, end: usize) -> bool {
        self.model.differentiate(&samples.0, start..end).map(|metrics| self.metrics = metrics).is_ok()
    }

    /// One step along what stands in `gradient`, a sum over samples whose weights sum to `total_weight`.
    pub fn step(&mut self, total_weight: f64, learning_rate: f32) {
        self.model.step(total_weight, learning_rate);
    }

    /// Measures all samples, or those held out.
    pub fn evaluate(&mut self, samples: &KernelSamples, held_out: bool) -> bool {
        self.model.evaluate(&samples.0, held_out).map(|metrics| self.metrics = metrics).is_ok()
    }

    /// Sum of the losses of the samples that were measured last, each times its weight; `evaluate` weighs all 1.
    pub fn loss(&self) -> f64 {
        self.metrics.loss
    }

    /// Sum of the weights of the samples that were measured last.
    #[wasm_bindgen(js_name = totalWeight)]
    pub fn total_weight(&self) -> f64 {
        self.metrics.total_weight
    }

    /// Samples of those measured last whose largest logit was the target's.
    pub fn correct(&self) -> u32 {
        self.metrics.correct
    }

    /// The probabilities `[end − start, C]` of the samples from `start` to `end`.
    pub fn predict(&mut self, samples: &KernelSamples, start: usize, end: usize) -> Option<*const f32> {
        let Self { model, probabilities, .. } = self;
        let length = end.checked_sub(start)?.checked_mul(model.classes())?;
        reserve(probabilities, length).ok()?;
        model.predict(&samples.0, start..end, &mut probabilities[..length]).ok()?;
        Some(probabilities.as_ptr())
    }
}
