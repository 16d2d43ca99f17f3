//! The classifier: its parameters, and one batch of training: forward → gradient → backward → update.

use crate::checked::Checked;
use crate::linear::Layers;
use crate::memory::{replace, zeros};
use crate::quads::Quads;
use crate::random::{fill_normal, generator, shuffle};
use crate::samples::{Batch, Samples};
use crate::scaling::Scaling;
use crate::sgd::Sgd;
use crate::softmax::{Measure, probabilities};
use crate::split::Split;
use alloc::vec::Vec;
use core::ops::Range;

/// Samples per forward pass where no weights change.
const EVALUATION_BATCH: usize = 256;

/// A softmax classifier of D features and C classes.
pub struct Model {
    features: usize,
    classes: usize,
    /// W `[C, D]` followed by b `[C]`.
    pub parameters: Vec<f32>,
    /// Momentum's memory of the parameters; empty before the first step with momentum.
    pub velocity: Vec<f32>,
    /// How the following steps are taken.
    pub sgd: Sgd,
    pub label_smoothing: f32,
    /// How the inputs of the following calls are scaled.
    pub scaling: Scaling,
    /// The rows that are trained on and those held out, where there is a split.
    split: Option<Split>,
    /// The samples of an epoch in the order they are visited.
    order: Vec<u32>,
    layers: Layers,
    /// Logits, then probabilities, then output gradients of a batch.
    outputs: Quads,
    /// dW and db.
    gradient: Vec<f32>,
}

impl Model {
    /// All parameters are zero. `fixed16` says whether bytes are computed in int16.
    pub fn new(features: usize, classes: usize, fixed16: bool) -> Self {
        let count = classes * (features + 1);
        Self {
            features,
            classes,
            parameters: zeros(count),
            velocity: Vec::new(),
            sgd: Sgd::default(),
            label_smoothing: 0.0,
            scaling: Scaling::new(features),
            split: None,
            order: Vec::new(),
            layers: Layers::new(features, classes, fixed16),
            outputs: Quads::new(classes),
            gradient: zeros(count),
        }
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// W ~ N(0, deviation²) from stream 0 of the seed, b = 0.
    pub fn initialize(&mut self, seed: u32, deviation: f64) {
        let weights = self.classes * self.features;
        fill_normal(&mut generator(seed, 0), deviation, self.parameters.at_mut(..weights));
        self.parameters.at_mut(weights..).fill(0.0);
    }

    /// Makes room for momentum's memory, zeros at first.
    pub fn allocate_velocity(&mut self) -> &mut [f32] {
        if self.velocity.is_empty() {
            self.velocity = zeros(self.parameters.len());
        }
        &mut self.velocity
    }

    /// Holds out a fraction of every class from the epochs that follow; returns how many samples are left.
    pub fn hold_out(&mut self, labels: &[u16], fraction: f64, seed: u32) -> usize {
        self.split.insert(Split::new(labels, self.classes, fraction, seed)).training().len()
    }

    /// Trains on all samples again.
    pub fn release_held_out(&mut self) {
        self.split = None;
    }

    /// Lays down the order of an epoch over `count` samples, or those not held out: shuffled by the seed's stream `epoch`,
    /// or as they are.
    pub fn begin_epoch(&mut self, count: usize, shuffled: Option<(u32, u32)>) {
        let training = self.split.as_ref().map(Split::training);
        let count = training.map_or(count, <[u32]>::len);
        if self.order.len() != count {
            replace(&mut self.order, count);
        }
        for (position, row) in self.order.iter_mut().enumerate() {
            *row = training.map_or(position as u32, |rows| *rows.at(position));
        }
        if let Some((seed, epoch)) = shuffled {
            shuffle(&mut generator(seed, epoch), &mut self.order);
        }
    }

    /// One step on the samples at `positions` of the epoch's order; measures them before it.
    pub fn train(&mut self, samples: &Samples, positions: Range<usize>, learning_rate: f32) -> Measure {
        let batch = Batch { samples, rows: self.order.at(positions), scaling: &self.scaling };
        let linear = self.layers.of(samples);
        linear.load(&self.parameters, batch.folded_scaling());
        self.outputs.resize(batch.rows.len());
        linear.forward(batch, &mut self.outputs);
        let mut measure = Measure::default();
        measure.add_and_differentiate(&mut self.outputs, samples, batch.rows, self.label_smoothing);
        linear.backward(batch, &self.outputs, &mut self.gradient);
        // Samples that all weigh nothing have no mean to follow.
        if measure.weight > 0.0 {
            if self.sgd.momentum != 0.0 {
                self.allocate_velocity();
            }
            self.update(measure.weight as f32, learning_rate);
        }
        measure
    }

    fn update(&mut self, total: f32, learning_rate: f32) {
        let Self { sgd, parameters, velocity, gradient, .. } = self;
        let weights = self.classes * self.features;
        let bias_decay = if sgd.decay_bias { sgd.weight_decay } else { 0.0 };
        for (range, decay) in [(0..weights, sgd.weight_decay), (weights..parameters.len(), bias_decay)] {
            let velocity = velocity.get_mut(range.clone()).unwrap_or_default();
            let parameters = parameters.at_mut(range.clone());
            sgd.step(parameters, velocity, gradient.at(range), total, learning_rate, decay);
        }
    }

    /// Measures all samples, or those held out.
    pub fn evaluate(&mut self, samples: &Samples, held_out: bool) -> Measure {
        let mut total = Measure::default();
        let split = self.split.take();
        let rows = match &split {
            Some(split) if held_out => split.validation(),
            _ => &[],
        };
        let count = if held_out { rows.len() } else { samples.count() };
        self.infer(samples, rows, 0..count, Wanted::Measure(&mut total));
        self.split = split;
        total
    }

    /// The probabilities `[range, C]` of the samples of a range.
    pub fn predict(&mut self, samples: &Samples, range: Range<usize>, result: &mut [f32]) {
        self.infer(samples, &[], range, Wanted::Probabilities(result));
    }

    /// Computes the logits of the samples `rows[range]`, or of the range itself where there are no rows, a batch at a time, and
    /// what is wanted of them.
    #[inline(never)]
    fn infer(&mut self, samples: &Samples, rows: &[u32], range: Range<usize>, mut wanted: Wanted) {
        let linear = self.layers.of(samples);
        let mut rows_of_batch = zeros(EVALUATION_BATCH);
        let batch = Batch { samples, rows: &[], scaling: &self.scaling };
        linear.load(&self.parameters, batch.folded_scaling());
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + EVALUATION_BATCH);
            for (row, position) in rows_of_batch.iter_mut().zip(start..end) {
                *row = *rows.get(position).unwrap_or(&(position as u32));
            }
            let batch = Batch { rows: rows_of_batch.at(..end - start), ..batch };
            self.outputs.resize(end - start);
            linear.forward(batch, &mut self.outputs);
            match &mut wanted {
                Wanted::Measure(measure) => measure.add(&mut self.outputs, samples, batch.rows),
                Wanted::Probabilities(result) => {
                    probabilities(&mut self.outputs);
                    let result = result.at_mut((start - range.start) * self.classes..);
                    for (row, result) in (0..end - start).zip(result.chunks_exact_mut(self.classes.max(1))) {
                        self.outputs.copy_row(row, result);
                    }
                }
            }
            start = end;
        }
    }
}

/// What is asked of samples that are not trained on.
enum Wanted<'a> {
    Measure(&'a mut Measure),
    /// `[samples, C]`.
    Probabilities(&'a mut [f32]),
}
