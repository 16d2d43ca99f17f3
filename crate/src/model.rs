//! The classifier: its parameters, and one batch of training: forward → gradient → backward → update.

use crate::linear::{Gradient, Layers};
use crate::quads::Quads;
use crate::random::{fill_normal, generator, shuffle};
use crate::samples::{Batch, Samples, Targets};
use crate::scaling::Scaling;
use crate::sgd::Sgd;
use crate::simd::LANES;
use crate::softmax::{Measure, Objective, gradient, measure, probabilities};
use crate::split::{Split, stratified};
use core::ops::Range;

/// Samples per forward pass where no weights change.
const EVALUATION_BATCH: usize = 256;

/// A softmax classifier of D features and C classes.
pub struct Model {
    features: usize,
    classes: usize,
    /// W `[C, D]`.
    pub weight: Vec<f32>,
    /// b `[C]`.
    pub bias: Vec<f32>,
    /// Momentum's memory of W and b; empty before the first step with momentum.
    pub velocity: Gradient,
    /// How the following steps are taken.
    pub sgd: Sgd,
    pub label_smoothing: f32,
    /// The rows that are trained on and those held out, where there is a split.
    split: Option<Split>,
    /// The samples of an epoch in the order they are visited.
    order: Vec<u32>,
    scaling: Scaling,
    layers: Layers,
    /// Logits, then probabilities, then output gradients of a batch.
    outputs: Quads,
    gradient: Gradient,
}

impl Model {
    /// All parameters are zero. `fixed16` says whether bytes are computed in int16.
    pub fn new(features: usize, classes: usize, fixed16: bool) -> Self {
        Self {
            features,
            classes,
            weight: vec![0.0; classes * features],
            bias: vec![0.0; classes],
            velocity: Gradient { weight: Vec::new(), bias: Vec::new() },
            sgd: Sgd::default(),
            label_smoothing: 0.0,
            split: None,
            order: Vec::new(),
            scaling: Scaling::uniform(features, 1.0, 0.0),
            layers: Layers::new(features, classes, fixed16),
            outputs: Quads::new(classes),
            gradient: Gradient { weight: vec![0.0; classes * features], bias: vec![0.0; classes] },
        }
    }

    pub fn features(&self) -> usize {
        self.features
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// W ~ N(0, deviation²) from stream 0 of the seed, b = 0.
    pub fn initialize(&mut self, seed: u32, deviation: f64) {
        fill_normal(&mut generator(seed, 0), deviation, &mut self.weight);
        self.bias.fill(0.0);
    }

    /// Sets how the inputs of the following calls are scaled.
    pub fn set_scaling(&mut self, scaling: Scaling) {
        self.scaling = scaling;
    }

    /// Holds out a fraction of every class from the epochs that follow; returns how many samples are left and held out.
    pub fn hold_out(&mut self, classes: &[u16], fraction: f64, seed: u32) -> (usize, usize) {
        let split = self.split.insert(stratified(classes, fraction, seed));
        (split.training.len(), split.validation.len())
    }

    /// Trains on all samples again.
    pub fn release_held_out(&mut self) {
        self.split = None;
    }

    /// Lays down the order of an epoch over `count` samples, or those not held out: shuffled by the seed's stream `epoch`,
    /// or as they are.
    pub fn begin_epoch(&mut self, count: usize, shuffled: Option<(u32, u32)>) {
        self.order.clear();
        match &self.split {
            Some(split) => self.order.extend(&split.training),
            None => self.order.extend(0..count as u32),
        }
        if let Some((seed, epoch)) = shuffled {
            shuffle(&mut generator(seed, epoch), &mut self.order);
        }
    }

    /// One step on the samples at `positions` of the epoch's order; measures them before it.
    pub fn train(&mut self, samples: &Samples, positions: Range<usize>, learning_rate: f32) -> Measure {
        let rows = core::mem::take(&mut self.order);
        let batch = &rows[positions];
        let measure = self.differentiate(samples, batch);
        // Samples that all weigh nothing have no mean to follow.
        if measure.weight > 0.0 {
            self.update(measure.weight as f32, learning_rate);
        }
        self.order = rows;
        measure
    }

    fn update(&mut self, total: f32, learning_rate: f32) {
        let Sgd { momentum, weight_decay, decay_bias, .. } = self.sgd;
        if momentum != 0.0 {
            self.velocity.weight.resize(self.weight.len(), 0.0);
            self.velocity.bias.resize(self.bias.len(), 0.0);
        }
        let bias_decay = if decay_bias { weight_decay } else { 0.0 };
        let Self { sgd, weight, bias, velocity, gradient, .. } = self;
        sgd.step(weight, &mut velocity.weight, &gradient.weight, total, learning_rate, weight_decay);
        sgd.step(bias, &mut velocity.bias, &gradient.bias, total, learning_rate, bias_decay);
    }

    /// dW and db of the sum of the losses of the samples `rows`.
    fn differentiate(&mut self, samples: &Samples, rows: &[u32]) -> Measure {
        let batch = Batch { samples, rows, scaling: &self.scaling };
        let linear = self.layers.of(samples);
        linear.load(&self.weight, &self.bias, batch.folded_scaling());
        self.outputs.resize(rows.len());
        linear.forward(batch, &mut self.outputs);
        let objective = Objective { label_smoothing: self.label_smoothing, weights: samples.weights.as_deref() };
        let measure = gradient(&mut self.outputs, &samples.targets, rows, objective);
        linear.backward(batch, &self.outputs, &mut self.gradient);
        measure
    }

    /// Measures all samples.
    pub fn evaluate(&mut self, samples: &Samples) -> Measure {
        let mut total = Measure::default();
        self.for_each_batch(samples, 0..samples.count() as u32, |outputs, targets, rows| {
            total.add(measure(outputs, targets, rows, Objective::default()));
        });
        total
    }

    /// Measures the samples held out.
    pub fn validate(&mut self, samples: &Samples) -> Measure {
        let mut total = Measure::default();
        let split = self.split.take();
        let rows = split.iter().flat_map(|split| split.validation.iter().copied());
        self.for_each_batch(samples, rows, |outputs, targets, rows| {
            total.add(measure(outputs, targets, rows, Objective::default()));
        });
        self.split = split;
        total
    }

    /// The probabilities `[range, C]` of the samples of a range.
    pub fn predict(&mut self, samples: &Samples, range: Range<usize>, result: &mut [f32]) {
        let classes = self.classes;
        let mut results = result.chunks_exact_mut(classes);
        self.for_each_batch(samples, range.start as u32..range.end as u32, |outputs, _, rows| {
            probabilities(outputs);
            for (row, result) in (0..rows.len()).zip(&mut results) {
                let values = outputs.values()[outputs.position(row, 0)..].iter().step_by(LANES);
                result.iter_mut().zip(values).for_each(|(result, &value)| *result = value);
            }
        });
    }

    fn for_each_batch(
        &mut self,
        samples: &Samples,
        mut rows: impl Iterator<Item = u32>,
        mut visit: impl FnMut(&mut Quads, &Targets, &[u32]),
    ) {
        let linear = self.layers.of(samples);
        let mut batch_rows = Vec::with_capacity(EVALUATION_BATCH);
        let folded = Batch { samples, rows: &[], scaling: &self.scaling }.folded_scaling();
        linear.load(&self.weight, &self.bias, folded);
        loop {
            batch_rows.clear();
            batch_rows.extend(rows.by_ref().take(EVALUATION_BATCH));
            if batch_rows.is_empty() {
                break;
            }
            let batch = Batch { samples, rows: &batch_rows, scaling: &self.scaling };
            self.outputs.resize(batch_rows.len());
            linear.forward(batch, &mut self.outputs);
            visit(&mut self.outputs, &samples.targets, &batch_rows);
        }
    }
}
