//! What JavaScript sees. Arguments were checked there; sizes that memory cannot hold give nothing.

use crate::model::Model;
use crate::samples::{Inputs, Samples, Targets};
use crate::scaling::Scaling;
use crate::softmax::Measure;
use wasm_bindgen::prelude::*;

/// The module's memory, for writing samples and reading results in place.
#[wasm_bindgen(js_name = kernelMemory)]
pub fn kernel_memory() -> JsValue {
    wasm_bindgen::memory()
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

    #[wasm_bindgen(js_name = hasTargets)]
    pub fn has_targets(&self) -> bool {
        !matches!(self.0.targets, Targets::None)
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

    #[wasm_bindgen(js_name = beginEpoch)]
    pub fn begin_epoch(&mut self, count: usize, shuffled: bool, seed: u32, epoch: u32) {
        self.model.begin_epoch(count, shuffled.then_some((seed, epoch)));
    }

    /// One step on the positions from `start` to `end` of the epoch's order. Returns the sum of the losses before it.
    pub fn train(&mut self, samples: &KernelSamples, start: usize, end: usize, learning_rate: f32) -> f64 {
        self.measure = self.model.train(&samples.0, start..end, learning_rate);
        self.measure.loss
    }

    /// Returns the sum of the losses of the samples from `start` to `end`.
    pub fn evaluate(&mut self, samples: &KernelSamples, start: usize, end: usize) -> f64 {
        self.measure = self.model.evaluate(&samples.0, start..end);
        self.measure.loss
    }

    /// Samples of the last `train` or `evaluate` whose largest logit was the target's.
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
