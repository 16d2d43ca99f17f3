//! Softmax, cross-entropy and their gradient. The lanes of a vector are four samples.
//!
//! P = exp(Z − max Z) / Σ exp(Z − max Z), and log Σ exp(Z) = max Z + ln Σ exp(Z − max Z). Targets Y sum to 1, so the
//! loss of a sample is log Σ exp(Z) − Σ Y Z and its gradient with respect to Z is P − Y.

use crate::data::samples::{Samples, Targets};
use crate::numerics::exp_ln::{exp, ln};
use crate::quads::{Lanes, Quads};
use crate::simd::{F32x4, LANES};
use core::ops::AddAssign;

/// Loss, weight and correct predictions of samples.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Metrics {
    /// Sum of the samples' losses, each times its weight.
    pub loss: f64,
    /// Sum of the samples' weights.
    pub total_weight: f64,
    /// Samples whose largest logit is the target's; the lowest index on ties.
    pub correct: u32,
}

impl AddAssign for Metrics {
    fn add_assign(&mut self, other: Self) {
        self.loss += other.loss;
        self.total_weight += other.total_weight;
        self.correct += other.correct;
    }
}

/// Turns logits into probabilities.
pub fn probabilities(logits: &mut Quads) {
    let classes = logits.classes();
    for padded in logits.iter_mut() {
        let quad = &mut padded[..classes];
        let inverse = exponentials(quad).inverse;
        quad.iter_mut().for_each(|value| (F32x4::load(value) * inverse).store(value));
    }
}

impl Metrics {
    /// Accumulates loss and correct predictions of the samples `rows`, each weighing 1. The logits are overwritten.
    pub fn accumulate(&mut self, logits: &mut Quads, samples: &Samples, rows: &[u32]) {
        let classes = logits.classes();
        for (quad, rows) in logits.iter_mut().zip(rows.chunks(LANES)) {
            let quad = &mut quad[..classes];
            let expected = target_logits(quad, &samples.targets, rows);
            let exponentials = exponentials(quad);
            self.add_rows(
                samples,
                rows,
                (exponentials.log_sum - expected).to_array(),
                exponentials.predicted,
                [1.0; LANES],
            );
        }
    }

    /// Accumulates loss and correct predictions of the samples `rows` for targets (1 − ε) Y + ε / C, where ε is
    /// `label_smoothing`, and overwrites the logits with the gradient of the sum of their weighted losses.
    pub fn differentiate(&mut self, logits: &mut Quads, samples: &Samples, rows: &[u32], label_smoothing: f32) {
        let classes = logits.classes();
        let share = F32x4::splat(label_smoothing / classes as f32);
        for (padded, rows) in logits.iter_mut().zip(rows.chunks(LANES)) {
            let (quad, padding) = padded.split_at_mut(classes);
            let mut expected = target_logits(quad, &samples.targets, rows);
            if label_smoothing != 0.0 {
                let sum = quad.iter().fold(F32x4::zero(), |sum, logit| sum + F32x4::load(logit));
                expected = expected * F32x4::splat(1.0 - label_smoothing) + sum * share;
            }
            let Exponentials { inverse, log_sum, predicted } = exponentials(quad);
            let mut weights = [0.0; LANES];
            for (weight, &row) in weights.iter_mut().zip(rows) {
                *weight = samples.sample_weights.as_ref().map_or(1.0, |weights| weights[row as usize]);
            }
            self.add_rows(samples, rows, (log_sum - expected).to_array(), predicted, weights);
            quad.iter_mut().for_each(|value| (F32x4::load(value) * inverse).store(value));
            for (lane, &row) in rows.iter().enumerate() {
                subtract_target(quad, &samples.targets, row as usize, lane, 1.0 - label_smoothing);
            }
            let weights = F32x4::from_array(weights);
            quad.iter_mut().for_each(|value| ((F32x4::load(value) - share) * weights).store(value));
            padding.fill([0.0; LANES]);
            if rows.len() < LANES {
                quad.iter_mut().for_each(|value| value[rows.len()..].fill(0.0));
            }
        }
    }

    fn add_rows(
        &mut self,
        samples: &Samples,
        rows: &[u32],
        losses: [f32; LANES],
        predicted: F32x4,
        weights: [f32; LANES],
    ) {
        let predicted = predicted.to_array();
        for (lane, &row) in rows.iter().enumerate() {
            self.loss += f64::from(weights[lane]) * f64::from(losses[lane]);
            self.total_weight += f64::from(weights[lane]);
            let is_correct = |labels: &[u16]| predicted[lane] == f32::from(labels[row as usize]);
            self.correct += u32::from(samples.labels().is_some_and(is_correct));
        }
    }
}

/// What goes with the exponentials of logits.
struct Exponentials {
    /// 1 / Σ exp(Z − max Z).
    inverse: F32x4,
    /// log Σ exp(Z).
    log_sum: F32x4,
    /// The class of the largest logit, the lowest one on ties.
    predicted: F32x4,
}

/// Turns logits into exp(Z − max Z).
fn exponentials(quad: &mut [Lanes]) -> Exponentials {
    let (mut largest, mut predicted, mut class) = (F32x4::load(&quad[0]), F32x4::zero(), F32x4::zero());
    for logit in quad.iter() {
        let logit = F32x4::load(logit);
        predicted = class.where_less(largest, logit, predicted);
        largest = largest.maximum(logit);
        class += F32x4::splat(1.0);
    }
    let mut sum = F32x4::zero();
    for value in quad.iter_mut() {
        let exponential = exp(F32x4::load(value) - largest);
        exponential.store(value);
        sum += exponential;
    }
    Exponentials { inverse: F32x4::splat(1.0) / sum, log_sum: largest + ln(sum), predicted }
}

/// Σ Y Z of every row.
fn target_logits(quad: &[Lanes], targets: &Targets, rows: &[u32]) -> F32x4 {
    let mut sums = [0.0; LANES];
    for (lane, (sum, &row)) in sums.iter_mut().zip(rows).enumerate() {
        *sum = match targets {
            Targets::None => 0.0,
            Targets::Labels(labels) => quad[usize::from(labels[row as usize])][lane],
            Targets::Soft { values, .. } => {
                let targets = soft_targets(values, quad.len(), row as usize).iter().zip(quad);
                targets.fold(0.0, |sum, (&target, logits)| sum + target * logits[lane])
            }
        };
    }
    F32x4::from_array(sums)
}

/// P − (1 − ε) Y of one row.
fn subtract_target(quad: &mut [Lanes], targets: &Targets, row: usize, lane: usize, share: f32) {
    match targets {
        Targets::None => {}
        Targets::Labels(labels) => quad[usize::from(labels[row])][lane] -= share,
        Targets::Soft { values, .. } => {
            let targets = soft_targets(values, quad.len(), row).iter().zip(quad);
            targets.for_each(|(&target, values)| values[lane] -= share * target);
        }
    }
}

/// The targets `[C]` of one row.
fn soft_targets(values: &[f32], classes: usize, row: usize) -> &[f32] {
    &values[row * classes..][..classes]
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Largest difference to float64 of a probability: a few roundings of float32 on values up to 1.
    const TOLERANCE: f64 = 1e-6;

    fn logit(row: usize, class: usize) -> f32 {
        (((row * 31 + class * 17) % 23) as f32 - 11.0) * 0.7
    }

    fn zeros(rows: usize, classes: usize) -> Quads {
        let mut quads = Quads::new(classes);
        quads.reserve(rows).unwrap();
        quads.begin(rows);
        quads
    }

    fn filled(rows: usize, classes: usize) -> Quads {
        let mut quads = zeros(rows, classes);
        for row in 0..rows {
            for class in 0..classes {
                *quads.value_mut(row, class) = logit(row, class);
            }
        }
        quads
    }

    fn samples(targets: Targets, weights: Option<Box<[f32]>>) -> Samples {
        let mut samples = Samples::uint8(0, 1).unwrap();
        (samples.targets, samples.sample_weights) = (targets, weights);
        samples
    }

    /// What the targets make of the logits.
    fn gradient(logits: &mut Quads, targets: Targets, label_smoothing: f32, weights: Option<Box<[f32]>>) -> Metrics {
        let rows: Vec<u32> = (0..logits.rows() as u32).collect();
        let mut metrics = Metrics::default();
        metrics.differentiate(logits, &samples(targets, weights), &rows, label_smoothing);
        metrics
    }

    fn values(quads: &Quads) -> Vec<f32> {
        quads.iter().flatten().flatten().copied().collect()
    }

    fn oracle(row: usize, classes: usize) -> (Vec<f64>, f64) {
        let exponentials: Vec<f64> = (0..classes).map(|class| libm::exp(f64::from(logit(row, class)))).collect();
        let sum: f64 = exponentials.iter().sum();
        (exponentials.iter().map(|e| e / sum).collect(), libm::log(sum))
    }

    #[test]
    fn gradients_and_losses_agree_with_float64_for_every_number_of_rows() {
        for classes in if cfg!(miri) { vec![3] } else { vec![2, 3, 10, 17, 1000] } {
            for rows in 1..=9 {
                let labels: Box<[u16]> = (0..rows).map(|row| (row * 7 % classes) as u16).collect();
                let mut quads = filled(rows, classes);
                let metrics = gradient(&mut quads, Targets::Labels(labels.clone()), 0.0, None);
                let mut loss = 0.0;
                for (row, &label) in labels.iter().enumerate() {
                    let (probabilities, log_sum) = oracle(row, classes);
                    loss += log_sum - f64::from(logit(row, usize::from(label)));
                    for (class, probability) in probabilities.into_iter().enumerate() {
                        let expected = probability - f64::from(class == usize::from(label));
                        let got = f64::from(*quads.value_mut(row, class));
                        assert!((got - expected).abs() < TOLERANCE, "{classes} {rows} {row} {class}: {got} {expected}");
                    }
                }
                assert!((metrics.loss - loss).abs() < TOLERANCE * loss.abs().max(1.0) * 4.0);
                let live = rows * classes;
                assert_eq!(values(&quads).iter().filter(|&&value| value != 0.0).count(), live);
            }
        }
    }

    #[test]
    fn a_one_hot_target_gives_what_its_class_gives() {
        let classes: Box<[u16]> = [2, 0, 1, 1, 2].into();
        let mut one_hot: Box<[f32]> = [0.0; 15].into();
        classes.iter().enumerate().for_each(|(row, &class)| one_hot[row * 3 + usize::from(class)] = 1.0);
        let (mut by_class, mut by_target) = (filled(5, 3), filled(5, 3));
        let first = gradient(&mut by_class, Targets::Labels(classes.clone()), 0.0, None);
        let second = gradient(&mut by_target, Targets::Soft { values: one_hot, labels: classes }, 0.0, None);
        assert_eq!(values(&by_class), values(&by_target));
        assert_eq!((first.loss, first.correct), (second.loss, second.correct));
    }

    #[test]
    fn the_lowest_class_wins_a_tie() {
        let mut metrics = Metrics::default();
        metrics.accumulate(&mut zeros(1, 4), &samples(Targets::Labels([0].into()), None), &[0]);
        assert_eq!(metrics.correct, 1);
    }

    #[test]
    fn label_smoothing_is_the_same_as_smoothed_targets() {
        let classes: Box<[u16]> = [2, 0, 1, 1, 2, 0].into();
        let mut targets: Box<[f32]> = [0.3_f32 / 3.0; 18].into();
        classes.iter().enumerate().for_each(|(row, &class)| targets[row * 3 + usize::from(class)] += 0.7);
        let (mut smoothed, mut soft) = (filled(6, 3), filled(6, 3));
        let first = gradient(&mut smoothed, Targets::Labels(classes.clone()), 0.3, None);
        let second = gradient(&mut soft, Targets::Soft { values: targets, labels: classes }, 0.0, None);
        for (a, b) in values(&smoothed).into_iter().zip(values(&soft)) {
            assert!(f64::from(a - b).abs() < TOLERANCE);
        }
        assert!((first.loss - second.loss).abs() < 6.0 * TOLERANCE);
    }

    #[test]
    fn a_weight_of_two_is_the_same_as_a_sample_given_twice() {
        let mut weighted = filled(2, 3);
        let targets = || Targets::Labels([0, 1].into());
        let metrics = gradient(&mut weighted, targets(), 0.0, Some([1.0, 2.0].into()));
        let mut single = filled(2, 3);
        let plain = gradient(&mut single, targets(), 0.0, None);
        assert_eq!((metrics.total_weight, plain.total_weight, metrics.correct), (3.0, 2.0, plain.correct));
        for class in 0..3 {
            let [weighted, single] = [&mut weighted, &mut single].map(|quads| *quads.value_mut(1, class));
            assert_eq!(weighted, 2.0 * single);
        }
    }
}
