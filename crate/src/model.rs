//! The classifier: its parameters, and one batch of training: forward → gradient → backward → update.

use crate::data::batch::Batch;
use crate::data::samples::Samples;
use crate::data::scaling::Scaling;
use crate::data::split::Split;
use crate::linear::{BLOCK_ROWS, Layers, parts};
use crate::memory::{OutOfMemory, zeros};
use crate::numerics::random::{fill_normal, generator, shuffle};
use crate::optimizer::sgd::Sgd;
use crate::quads::Quads;
use crate::softmax::{Metrics, probabilities};
use core::ops::Range;

/// Uses logits, given with the positions of their samples and their rows.
type UseLogits<'a> = dyn FnMut(&mut Quads, Range<usize>, &[u32]) + 'a;

/// A softmax classifier of D features and C classes.
pub struct Model {
    features: usize,
    classes: usize,
    /// W `[C, D]` followed by b `[C]`.
    pub parameters: Box<[f32]>,
    /// The gradient of the last batch, a sum over its samples; laid out as the parameters.
    pub gradient: Box<[f32]>,
    /// Laid out as the parameters; empty without momentum.
    pub momentum_buffer: Box<[f32]>,
    /// How the following steps are taken.
    sgd: Sgd,
    /// ε of targets (1 − ε) Y + ε / C in the following gradients.
    pub label_smoothing: f32,
    /// How the inputs of the following calls are scaled.
    pub scaling: Scaling,
    /// The rows that are trained on and those held out, where there is a split.
    split: Option<Split>,
    /// The samples of an epoch in the order they are visited.
    order: Box<[u32]>,
    layers: Layers,
    /// Logits, then probabilities, then output gradients of a block.
    outputs: Quads,
}

impl Model {
    /// All parameters are zero. `uses_fixed16` says whether bytes are multiplied in int16.
    pub fn new(features: usize, classes: usize, uses_fixed16: bool) -> Result<Self, OutOfMemory> {
        let count = features.checked_add(1).and_then(|width| width.checked_mul(classes)).ok_or(OutOfMemory)?;
        Ok(Self {
            features,
            classes,
            parameters: zeros(count)?,
            gradient: zeros(count)?,
            momentum_buffer: Box::default(),
            sgd: Sgd::default(),
            label_smoothing: 0.0,
            scaling: Scaling::new(features)?,
            split: None,
            order: Box::default(),
            layers: Layers::new(features, classes, uses_fixed16),
            outputs: Quads::new(classes),
        })
    }

    /// C.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// W ~ N(0, deviation²) from stream 0 of the seed, b = 0. The momentum buffer is dropped.
    pub fn initialize(&mut self, seed: u32, deviation: f64) {
        let (weight, bias) = self.parameters.split_at_mut(self.classes * self.features);
        fill_normal(&mut generator(seed, 0), deviation, weight);
        bias.fill(0.0);
        self.momentum_buffer = Box::default();
    }

    /// Makes room for a momentum buffer, zeros at first.
    pub fn allocate_momentum_buffer(&mut self) -> Result<&mut [f32], OutOfMemory> {
        if self.momentum_buffer.is_empty() {
            self.momentum_buffer = zeros(self.parameters.len())?;
        }
        Ok(&mut self.momentum_buffer)
    }

    /// How the following steps are taken. The momentum buffer is kept or made where there is momentum, and dropped where there is none.
    pub fn set_optimizer(&mut self, sgd: Sgd) -> Result<(), OutOfMemory> {
        if sgd.momentum == 0.0 {
            self.momentum_buffer = Box::default();
        } else {
            self.allocate_momentum_buffer()?;
        }
        self.sgd = sgd;
        Ok(())
    }

    /// Makes room for what batches of up to `rows` of such samples need. After it, training and inference on them do not allocate.
    pub fn reserve(&mut self, samples: &Samples, rows: usize) -> Result<(), OutOfMemory> {
        self.layers.get(samples)?;
        self.outputs.reserve(rows.min(BLOCK_ROWS))
    }

    /// Holds out a fraction of every class from the epochs that follow, or nothing. Returns how many samples are left.
    pub fn hold_out(&mut self, samples: &Samples, fraction: f64, seed: u32) -> Result<usize, OutOfMemory> {
        self.split = None;
        match samples.labels() {
            Some(labels) if fraction > 0.0 => {
                let split = self.split.insert(Split::new(labels, self.classes, fraction, seed)?);
                Ok(split.training().len())
            }
            _ => Ok(samples.count()),
        }
    }

    /// Lays down the order of an epoch over `count` samples, or over those not held out: shuffled by (seed, stream), or as they are.
    pub fn begin_epoch(&mut self, count: usize, shuffled: Option<(u32, u32)>) -> Result<(), OutOfMemory> {
        let training = self.split.as_ref().map(|split| {
            assert!(split.count() == count, "the split is one of other samples");
            split.training()
        });
        let count = training.map_or(count, <[u32]>::len);
        if self.order.len() != count {
            self.order = Box::default();
            self.order = zeros(count)?;
        }
        match training {
            Some(rows) => self.order.copy_from_slice(rows),
            None => self.order.iter_mut().zip(0..).for_each(|(row, position)| *row = position),
        }
        if let Some((seed, stream)) = shuffled {
            shuffle(&mut generator(seed, stream), &mut self.order);
        }
        Ok(())
    }

    /// One step on the samples at `positions` of the epoch's order; measures them before it.
    pub fn train(
        &mut self,
        samples: &Samples,
        positions: Range<usize>,
        learning_rate: f32,
    ) -> Result<Metrics, OutOfMemory> {
        let metrics = self.differentiate(samples, positions)?;
        self.step(metrics.total_weight, learning_rate);
        Ok(metrics)
    }

    /// Computes the gradient of the samples at `positions` of the epoch's order, block by block, and measures them.
    pub fn differentiate(&mut self, samples: &Samples, positions: Range<usize>) -> Result<Metrics, OutOfMemory> {
        self.reserve(samples, positions.len())?;
        let Self { scaling, parameters, gradient, order, outputs, label_smoothing, layers, .. } = self;
        let batch = Batch { samples, rows: &order[positions], scaling };
        let layer = layers.get(samples)?;
        layer.pack_parameters(parameters, batch.folded_scaling());
        let mut total = Metrics::default();
        for rows in parts(batch.rows.len(), BLOCK_ROWS) {
            let is_first = rows.start == 0;
            let block = batch.slice(rows);
            outputs.begin(block.rows.len());
            layer.forward(&block, outputs);
            let mut metrics = Metrics::default();
            metrics.differentiate(outputs, samples, block.rows, *label_smoothing);
            layer.backward(&block, outputs, gradient, is_first);
            total += metrics;
        }
        Ok(total)
    }

    /// Moves the parameters along the gradient, a sum over samples whose weights sum to `total_weight`. Samples that weigh nothing,
    /// or so little that float32 has no inverse of it, have no mean to follow.
    pub fn step(&mut self, total_weight: f64, learning_rate: f32) {
        let total_weight = total_weight as f32;
        if !(total_weight > 0.0 && (1.0 / total_weight).is_finite()) {
            return;
        }
        let weights = self.classes * self.features;
        let Self { sgd, parameters, momentum_buffer, gradient, .. } = self;
        sgd.step(parameters, weights, momentum_buffer, gradient, total_weight, learning_rate);
    }

    /// Measures all samples, or those held out.
    pub fn evaluate(&mut self, samples: &Samples, held_out: bool) -> Result<Metrics, OutOfMemory> {
        let mut total = Metrics::default();
        let held_out_count = || self.split.as_ref().map_or(0, |split| split.validation().len());
        let count = if held_out { held_out_count() } else { samples.count() };
        self.infer(samples, 0..count, held_out, &mut |logits, _, rows| total.accumulate(logits, samples, rows))?;
        Ok(total)
    }

    /// The probabilities `[range, C]` of the samples of a range.
    pub fn predict(&mut self, samples: &Samples, range: Range<usize>, result: &mut [f32]) -> Result<(), OutOfMemory> {
        let (first, classes) = (range.start, self.classes);
        assert!(result.len() == range.len() * classes);
        self.infer(samples, range, false, &mut |logits, positions, _| {
            probabilities(logits);
            let result = &mut result[(positions.start - first) * classes..];
            for (row, result) in (0..positions.len()).zip(result.chunks_exact_mut(classes)) {
                logits.copy_row(row, result);
            }
        })
    }

    /// Calls back with the logits of a range of the samples, or of those held out, block by block, with their positions and their rows.
    fn infer(
        &mut self,
        samples: &Samples,
        range: Range<usize>,
        held_out: bool,
        use_logits: &mut UseLogits,
    ) -> Result<(), OutOfMemory> {
        self.reserve(samples, range.len())?;
        let Self { scaling, parameters, outputs, split, layers, .. } = self;
        let layer = layers.get(samples)?;
        let batch = Batch { samples, rows: &[], scaling };
        layer.pack_parameters(parameters, batch.folded_scaling());
        let mut rows = [0; BLOCK_ROWS];
        for part in parts(range.len(), BLOCK_ROWS) {
            let positions = range.start + part.start..range.start + part.end;
            let rows = &mut rows[..positions.len()];
            match split {
                Some(split) if held_out => rows.copy_from_slice(&split.validation()[positions.clone()]),
                _ => rows.iter_mut().zip(positions.clone()).for_each(|(row, position)| *row = position as u32),
            }
            outputs.begin(rows.len());
            layer.forward(&Batch { rows, ..batch }, outputs);
            use_logits(outputs, positions, rows);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::samples::Inputs;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FEATURES: usize = 21;
    const CLASSES: usize = 3;

    /// A model, and samples for it whose rows are visited in a shuffled order.
    fn model(count: usize, bytes: bool, uses_fixed16: bool) -> (Model, Samples) {
        let create = if bytes { Samples::uint8 } else { Samples::float32 };
        let mut samples = create(count, FEATURES).unwrap();
        match &mut samples.inputs {
            Inputs::Uint8(values) => values.iter_mut().enumerate().for_each(|(i, value)| *value = (i * 37 % 251) as u8),
            Inputs::Float32(values) => {
                values.iter_mut().enumerate().for_each(|(i, v)| *v = (i * 37 % 251) as f32 / 250.0)
            }
        }
        let classes = samples.allocate_labels().unwrap();
        classes.iter_mut().enumerate().for_each(|(row, class)| *class = (row * row % CLASSES) as u16);
        let mut model = Model::new(FEATURES, CLASSES, uses_fixed16).unwrap();
        model.initialize(1, 0.1);
        model.scaling.scale_mut().fill(if bytes { 1.0 / 255.0 } else { 1.0 });
        model.scaling.shift_mut().fill(0.25);
        model.scaling.refresh();
        model.begin_epoch(count, Some((1, 1))).unwrap();
        (model, samples)
    }

    /// Every kind of inputs in every arithmetic; for Miri one.
    const KINDS: &[(bool, bool)] =
        if cfg!(miri) { &[(true, true)] } else { &[(true, true), (true, false), (false, false)] };

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    #[test]
    fn the_gradient_of_a_batch_is_the_sum_of_those_of_its_blocks_in_their_order_bit_by_bit() {
        for &(bytes, uses_fixed16) in KINDS {
            let rows = 2 * BLOCK_ROWS + 3;
            let (mut model, samples) = model(rows, bytes, uses_fixed16);
            let whole = model.differentiate(&samples, 0..rows).unwrap();
            let expected = model.gradient.clone();
            let mut gradient = vec![0.0; expected.len()];
            let mut metrics = Metrics::default();
            for block in parts(rows, BLOCK_ROWS) {
                metrics += model.differentiate(&samples, block).unwrap();
                gradient.iter_mut().zip(&model.gradient).for_each(|(sum, value)| *sum += value);
            }
            assert_eq!(metrics, whole);
            assert_eq!(bits(&gradient), bits(&expected));
        }
    }

    #[test]
    fn a_step_on_a_batch_is_its_gradient_followed_by_a_step() {
        for &(bytes, uses_fixed16) in KINDS {
            let [(mut at_once, samples), (mut in_two, _)] = [0, 1].map(|_| model(9, bytes, uses_fixed16));
            let sgd = Sgd { momentum: 0.9, nesterov: true, weight_decay: 0.01, decay_bias: true };
            for model in [&mut at_once, &mut in_two] {
                model.set_optimizer(sgd).unwrap();
                model.label_smoothing = 0.1;
            }
            for positions in [0..4, 4..9] {
                at_once.train(&samples, positions.clone(), 0.5).unwrap();
                let metrics = in_two.differentiate(&samples, positions).unwrap();
                in_two.step(metrics.total_weight, 0.5);
            }
            assert_eq!(at_once.parameters, in_two.parameters);
        }
    }

    #[test]
    fn samples_that_weigh_nothing_move_nothing() {
        let (mut model, mut samples) = model(5, false, false);
        samples.allocate_sample_weights().unwrap();
        let before = model.parameters.clone();
        assert_eq!(model.train(&samples, 0..5, 0.5).unwrap().total_weight, 0.0);
        assert_eq!(model.parameters, before);
    }

    #[test]
    fn held_out_samples_are_measured_and_not_trained_on() {
        let (mut model, samples) = model(40, true, true);
        let left = model.hold_out(&samples, 0.25, 7).unwrap();
        model.begin_epoch(40, None).unwrap();
        let trained = model.differentiate(&samples, 0..left).unwrap();
        let held_out = model.evaluate(&samples, true).unwrap();
        let all = model.evaluate(&samples, false).unwrap();
        let weights = [trained, held_out, all].map(|metrics| metrics.total_weight);
        assert_eq!(weights, [left as f64, 40.0 - left as f64, 40.0]);
        assert!((trained.loss + held_out.loss - all.loss).abs() < 1e-9 * all.loss);
    }

    #[test]
    fn two_blocks_of_very_different_gradients_keep_their_own_precision() {
        let rows = 2 * BLOCK_ROWS;
        let (mut model, mut samples) = model(rows, true, true);
        model.begin_epoch(rows, None).unwrap();
        let weights = samples.allocate_sample_weights().unwrap();
        weights.iter_mut().enumerate().for_each(|(row, weight)| *weight = if row < BLOCK_ROWS { 1e6 } else { 1e-3 });
        model.differentiate(&samples, BLOCK_ROWS..rows).unwrap();
        let alone = model.gradient.clone();
        model.differentiate(&samples, 0..BLOCK_ROWS).unwrap();
        let large = model.gradient.clone();
        model.differentiate(&samples, 0..rows).unwrap();
        // With one scale for both, all of the second block would be rounded to zero.
        assert!(alone.iter().any(|&value| value != 0.0));
        let expected: Vec<f32> = large.iter().zip(&alone).map(|(large, small)| large + small).collect();
        assert_eq!(bits(&model.gradient), bits(&expected));
    }

    #[test]
    fn predictions_and_measures_do_not_depend_on_the_range_they_were_asked_in() {
        let rows = 2 * BLOCK_ROWS + 3;
        let (mut model, samples) = model(rows, false, false);
        let mut all = vec![0.0; rows * CLASSES];
        model.predict(&samples, 0..rows, &mut all).unwrap();
        assert!(all.chunks(CLASSES).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-6));
        let range = BLOCK_ROWS - 5..BLOCK_ROWS + 1;
        let mut some = vec![0.0; range.len() * CLASSES];
        model.predict(&samples, range.clone(), &mut some).unwrap();
        assert_eq!(bits(&some), bits(&all[range.start * CLASSES..range.end * CLASSES]));
        let labels = samples.labels().unwrap();
        let losses =
            all.chunks(CLASSES).zip(labels).map(|(row, &label)| -libm::log(f64::from(row[usize::from(label)])));
        let metrics = model.evaluate(&samples, false).unwrap();
        assert!((metrics.loss - losses.sum::<f64>()).abs() < 1e-4);
    }

    #[test]
    fn a_total_weight_without_an_inverse_moves_nothing() {
        let (mut model, samples) = model(5, false, false);
        model.differentiate(&samples, 0..5).unwrap();
        let before = model.parameters.clone();
        for total_weight in [0.0, -1.0, 1e-50, 1e-40, f64::NAN] {
            model.step(total_weight, 0.5);
            assert_eq!(model.parameters, before);
        }
    }

    #[test]
    #[should_panic = "the split is one of other samples"]
    fn an_epoch_over_other_samples_than_those_that_were_split_is_refused() {
        let (mut model, samples) = model(40, false, false);
        model.hold_out(&samples, 0.25, 7).unwrap();
        let _ = model.begin_epoch(39, None);
    }

    #[test]
    fn a_model_that_memory_cannot_hold_is_refused_without_a_crash() {
        assert!(Model::new(usize::MAX, 2, true).is_err());
        assert!(Model::new(usize::MAX / 16, 2, false).is_err());
    }

    /// Takes all of the module's memory. Nothing is written to it, so that it takes none of the machine's.
    #[cfg(target_arch = "wasm32")]
    fn fill_memory() -> Vec<Box<[u8]>> {
        let mut held = Vec::with_capacity(1 << 16);
        for size in [1 << 30, 1 << 20, 1 << 16] {
            held.extend(core::iter::from_fn(|| zeros(size).ok()));
        }
        held
    }

    #[cfg(target_arch = "wasm32")]
    #[test]
    fn where_memory_is_full_every_part_is_refused_without_a_crash_and_made_later() {
        let (count, features) = (1 << 18, 1 << 14);
        let mut samples = Samples::uint8(count, 1).unwrap();
        let mut labelled = Samples::uint8(count, 1).unwrap();
        labelled.allocate_labels().unwrap();
        let mut model = Model::new(features, 64, true).unwrap();
        let wide = Samples::float32(1, features).unwrap();
        let momentum = Sgd { momentum: 0.9, ..Sgd::default() };
        let held = fill_memory();
        assert!(Samples::uint8(count, 1).is_err());
        assert!(samples.allocate_labels().is_err());
        assert!(samples.allocate_targets(2).is_err());
        assert!(samples.allocate_sample_weights().is_err());
        assert!(Model::new(features, 64, true).is_err());
        assert!(model.reserve(&wide, 1).is_err());
        assert!(model.set_optimizer(momentum).is_err());
        assert!(model.hold_out(&labelled, 0.5, 0).is_err());
        assert!(model.begin_epoch(count, None).is_err());
        drop(held);
        samples.allocate_labels().unwrap();
        model.reserve(&wide, 1).unwrap();
        model.set_optimizer(momentum).unwrap();
        model.hold_out(&labelled, 0.5, 0).unwrap();
        model.begin_epoch(count, None).unwrap();
    }
}
