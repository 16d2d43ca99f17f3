//! What JavaScript sees. Arguments were checked there; sizes that memory cannot hold give nothing.

use crate::linear::Gradient;
use crate::model::Model;
use crate::samples::{Inputs, Samples, Targets};
use crate::scaling::Scaling;
use crate::schedule::Schedule;
use crate::sgd::Sgd;
use crate::softmax::Measure;
use wasm_bindgen::prelude::*;

/// The module's memory, for writing samples and reading results in place.
#[wasm_bindgen(js_name = kernelMemory)]
pub fn kernel_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// The learning rate of a batch that comes after `done` of the `total` batches of a cosine from `initial` to `last`.
#[wasm_bindgen(js_name = cosineRate)]
pub fn cosine_rate(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    Schedule::Cosine { initial, last }.rate(done, total, 0)
}

/// As [`cosine_rate`], on a straight line.
#[wasm_bindgen(js_name = linearRate)]
pub fn linear_rate(initial: f64, last: f64, done: f64, total: f64) -> f32 {
    Schedule::Linear { initial, last }.rate(done, total, 0)
}

/// The learning rate after `epochs` epochs, multiplied by `factor` after every `every` of them.
#[wasm_bindgen(js_name = stepRate)]
pub fn step_rate(initial: f64, factor: f64, every: u32, epochs: u32) -> f32 {
    Schedule::Step { initial, factor, every }.rate(0.0, 1.0, epochs)
}

/// Inputs and targets in the module's memory.
#[wasm_bindgen]
pub struct KernelSamples(Samples);

#[wasm_bindgen]
impl KernelSamples {
    /// Room for `count` samples of bytes.
    pub fn uint8(count: usize, features: usize) -> Option<KernelSamples> {
        Samples::uint8(count, features).map(Self)
    }

    /// Room for `count` samples of float32.
    pub fn float32(count: usize, features: usize) -> Option<KernelSamples> {
        Samples::float32(count, features).map(Self)
    }

    /// Address of the inputs `[count, D]`.
    pub fn inputs(&mut self) -> usize {
        match &mut self.0.inputs {
            Inputs::Uint8(values) => values.as_mut_ptr() as usize,
            Inputs::Float32(values) => values.as_mut_ptr() as usize,
        }
    }

    /// Address of new uint16 classes `[count]`.
    pub fn classes(&mut self) -> Option<usize> {
        self.0.allocate_classes().map(|classes| classes.as_mut_ptr() as usize)
    }

    /// Address of new float32 targets `[count, C]`.
    pub fn targets(&mut self, classes: usize) -> Option<usize> {
        self.0.allocate_soft(classes).map(|targets| targets.as_mut_ptr() as usize)
    }

    /// To be called once the targets are written.
    #[wasm_bindgen(js_name = rankTargets)]
    pub fn rank_targets(&mut self) {
        self.0.rank_soft();
    }

    /// Makes the samples unlabelled.
    #[wasm_bindgen(js_name = forgetTargets)]
    pub fn forget_targets(&mut self) {
        self.0.targets = Targets::None;
    }

    #[wasm_bindgen(js_name = hasTargets)]
    pub fn has_targets(&self) -> bool {
        !matches!(self.0.targets, Targets::None)
    }

    /// Address of the class of every sample; 0 without targets.
    #[wasm_bindgen(js_name = readClasses)]
    pub fn read_classes(&self) -> usize {
        match &self.0.targets {
            Targets::None => 0,
            Targets::Classes(classes) | Targets::Soft { classes, .. } => classes.as_ptr() as usize,
        }
    }

    /// How much every sample counts in training; nothing where all count 1.
    #[wasm_bindgen(js_name = setWeights)]
    pub fn set_weights(&mut self, weights: Option<Vec<f32>>) {
        self.0.weights = weights;
    }

    /// Position of the first input that is NaN or infinite, or −1.
    #[wasm_bindgen(js_name = firstNonFinite)]
    pub fn first_non_finite(&self) -> f64 {
        self.0.first_non_finite().map_or(-1.0, |position| position as f64)
    }
}

/// The classifier, and what its last batch came to.
#[wasm_bindgen]
pub struct KernelModel {
    model: Model,
    measure: Measure,
    probabilities: Vec<f32>,
}

#[wasm_bindgen]
impl KernelModel {
    /// `fixed16` says whether bytes are computed in int16.
    #[wasm_bindgen(constructor)]
    pub fn new(features: usize, classes: usize, fixed16: bool) -> Self {
        Self { model: Model::new(features, classes, fixed16), measure: Measure::default(), probabilities: Vec::new() }
    }

    pub fn initialize(&mut self, seed: u32, deviation: f64) {
        self.model.initialize(seed, deviation);
    }

    /// Address of W `[C, D]`.
    pub fn weight(&mut self) -> usize {
        self.model.weight.as_mut_ptr() as usize
    }

    /// Address of b `[C]`.
    pub fn bias(&mut self) -> usize {
        self.model.bias.as_mut_ptr() as usize
    }

    /// x' = x · scale + shift for the calls that follow; one value, or one per feature.
    #[wasm_bindgen(js_name = setScaling)]
    pub fn set_scaling(&mut self, scale: &[f32], shift: &[f32]) {
        let spread = |values: &[f32]| match values {
            [value] => vec![*value; self.model.features()],
            _ => values.to_vec(),
        };
        self.model.set_scaling(Scaling::new(spread(scale), spread(shift)));
    }

    /// How the following steps are taken, as torch.optim.SGD has it.
    #[wasm_bindgen(js_name = setOptimizer)]
    pub fn set_optimizer(
        &mut self,
        momentum: f32,
        nesterov: bool,
        weight_decay: f32,
        decay_bias: bool,
        label_smoothing: f32,
    ) {
        self.model.sgd = Sgd { momentum, nesterov, weight_decay, decay_bias };
        self.model.label_smoothing = label_smoothing;
    }

    /// Momentum's memory `[C, D]` followed by `[C]`; empty before the first step with momentum.
    pub fn velocity(&self) -> Vec<f32> {
        [self.model.velocity.weight.as_slice(), &self.model.velocity.bias].concat()
    }

    /// Replaces momentum's memory; an empty one forgets it.
    #[wasm_bindgen(js_name = setVelocity)]
    pub fn set_velocity(&mut self, values: &[f32]) {
        let (weight, bias) = values.split_at(values.len().min(self.model.weight.len()));
        self.model.velocity = Gradient { weight: weight.to_vec(), bias: bias.to_vec() };
    }

    /// Holds out a fraction of every class from the epochs that follow, or none. Returns how many samples are left.
    #[wasm_bindgen(js_name = holdOut)]
    pub fn hold_out(&mut self, samples: &KernelSamples, fraction: f64, seed: u32) -> usize {
        self.model.release_held_out();
        match &samples.0.targets {
            Targets::Classes(classes) | Targets::Soft { classes, .. } if fraction > 0.0 => {
                self.model.hold_out(classes, fraction, seed).0
            }
            _ => samples.0.count(),
        }
    }

    #[wasm_bindgen(js_name = beginEpoch)]
    pub fn begin_epoch(&mut self, count: usize, shuffled: bool, seed: u32, epoch: u32) {
        self.model.begin_epoch(count, shuffled.then_some((seed, epoch)));
    }

    /// One step on the positions from `start` to `end` of the epoch's order. Returns the sum of the losses before it.
    pub fn train(&mut self, samples: &KernelSamples, start: usize, end: usize, learning_rate: f32) -> f64 {
        self.measure = self.model.train(&samples.0, start..end, learning_rate);
        self.measure.loss
    }

    /// Returns the sum of the losses of all samples.
    pub fn evaluate(&mut self, samples: &KernelSamples) -> f64 {
        self.measure = self.model.evaluate(&samples.0);
        self.measure.loss
    }

    /// Returns the sum of the losses of the samples held out.
    pub fn validate(&mut self, samples: &KernelSamples) -> f64 {
        self.measure = self.model.validate(&samples.0);
        self.measure.loss
    }

    /// Sum of the weights of the samples of the last `train`, `evaluate` or `validate`.
    #[wasm_bindgen(js_name = measuredWeight)]
    pub fn measured_weight(&self) -> f64 {
        self.measure.weight
    }

    /// Samples of the last `train`, `evaluate` or `validate` whose largest logit was the target's.
    pub fn correct(&self) -> u32 {
        self.measure.correct
    }

    /// Address of the probabilities `[end − start, C]`, valid until the next call.
    pub fn predict(&mut self, samples: &KernelSamples, start: usize, end: usize) -> usize {
        self.probabilities.resize((end - start) * self.model.classes(), 0.0);
        self.model.predict(&samples.0, start..end, &mut self.probabilities);
        self.probabilities.as_ptr() as usize
    }
}
