//! The classifier: its parameters, and one batch of training: forward → gradient → backward → update.

use crate::linear::{Gradient, Layers};
use crate::quads::Quads;
use crate::random::{fill_normal, generator, shuffle};
use crate::samples::{Batch, Samples, Targets};
use crate::scaling::Scaling;
use crate::sgd::update;
use crate::simd::LANES;
use crate::softmax::{Measure, gradient, measure, probabilities};
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

    /// Lays down the order of an epoch over `count` samples: shuffled by the seed's stream `epoch`, or as they are.
    pub fn begin_epoch(&mut self, count: usize, shuffled: Option<(u32, u32)>) {
        self.order.clear();
        self.order.extend(0..count as u32);
        if let Some((seed, epoch)) = shuffled {
            shuffle(&mut generator(seed, epoch), &mut self.order);
        }
    }

    /// One step on the samples at `positions` of the epoch's order; measures them before it.
    pub fn train(&mut self, samples: &Samples, positions: Range<usize>, learning_rate: f32) -> Measure {
        let rows = core::mem::take(&mut self.order);
        let batch = &rows[positions];
        let measure = self.differentiate(samples, batch);
        update(&mut self.weight, &self.gradient.weight, learning_rate, batch.len());
        update(&mut self.bias, &self.gradient.bias, learning_rate, batch.len());
        self.order = rows;
        measure
    }

    /// dW and db of the sum of the losses of the samples `rows`.
    fn differentiate(&mut self, samples: &Samples, rows: &[u32]) -> Measure {
        let batch = Batch { samples, rows, scaling: &self.scaling };
        let linear = self.layers.of(samples);
        linear.load(&self.weight, &self.bias, batch.folded_scaling());
        self.outputs.resize(rows.len());
        linear.forward(batch, &mut self.outputs);
        let measure = gradient(&mut self.outputs, &samples.targets, rows);
        linear.backward(batch, &self.outputs, &mut self.gradient);
        measure
    }

    /// Measures the samples of a range.
    pub fn evaluate(&mut self, samples: &Samples, range: Range<usize>) -> Measure {
        let mut total = Measure::default();
        self.for_each_batch(samples, range, |outputs, targets, rows| total.add(measure(outputs, targets, rows)));
        total
    }

    /// The probabilities `[range, C]` of the samples of a range.
    pub fn predict(&mut self, samples: &Samples, range: Range<usize>, result: &mut [f32]) {
        let classes = self.classes;
        let mut results = result.chunks_exact_mut(classes);
        self.for_each_batch(samples, range, |outputs, _, rows| {
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
        range: Range<usize>,
        mut visit: impl FnMut(&mut Quads, &Targets, &[u32]),
    ) {
        let linear = self.layers.of(samples);
        let mut rows = Vec::with_capacity(EVALUATION_BATCH);
        for first in range.clone().step_by(EVALUATION_BATCH) {
            rows.clear();
            rows.extend(first as u32..range.end.min(first + EVALUATION_BATCH) as u32);
            let batch = Batch { samples, rows: &rows, scaling: &self.scaling };
            if first == range.start {
                linear.load(&self.weight, &self.bias, batch.folded_scaling());
            }
            self.outputs.resize(rows.len());
            linear.forward(batch, &mut self.outputs);
            visit(&mut self.outputs, &samples.targets, &rows);
        }
    }
}
