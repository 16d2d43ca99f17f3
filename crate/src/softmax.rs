//! Softmax, cross-entropy and their gradient. The lanes of a vector are four samples.
//!
//! P = exp(Z − max Z) / Σ exp(Z − max Z), and log Σ exp(Z) = max Z + ln Σ exp(Z − max Z). Targets Y sum to 1, so the
//! loss of a sample is log Σ exp(Z) − Σ Y Z and its gradient with respect to Z is P − Y.

use crate::checked::Checked;
use crate::math::{exp, ln};
use crate::quads::Quads;
use crate::samples::{Samples, Targets};
use crate::simd::{F32x4, LANES};

/// What a batch came to.
#[derive(Clone, Copy, Default, Debug)]
pub struct Measure {
    /// Sum of the samples' losses, each times its weight.
    pub loss: f64,
    /// Sum of the samples' weights.
    pub weight: f64,
    /// Samples whose largest logit is the target's; the lowest index on ties.
    pub correct: u32,
}

/// Turns logits into probabilities.
pub fn probabilities(logits: &mut Quads) {
    let classes = logits.classes();
    for padded in logits.iter_mut() {
        let quad = padded.at_mut(..classes);
        let inverse = exponentials(quad).inverse;
        quad.iter_mut().for_each(|value| *value = value.mul(inverse));
    }
}

impl Measure {
    /// Adds what the logits of the samples `rows` come to; they are lost.
    pub fn add(&mut self, logits: &mut Quads, samples: &Samples, rows: &[u32]) {
        self.add_and(logits, samples, rows, None);
    }

    /// Turns the logits of the samples `rows` into the output gradient, that of the sum of their weighted losses for targets
    /// (1 − ε) Y + ε / C, and adds what they came to. ε is `label_smoothing`.
    pub fn add_and_differentiate(&mut self, logits: &mut Quads, samples: &Samples, rows: &[u32], label_smoothing: f32) {
        self.add_and(logits, samples, rows, Some(label_smoothing));
    }

    #[inline(never)]
    fn add_and(&mut self, logits: &mut Quads, samples: &Samples, rows: &[u32], differentiated: Option<f32>) {
        let classes = logits.classes();
        let label_smoothing = differentiated.unwrap_or(0.0);
        let share = F32x4::splat(label_smoothing / classes as f32);
        for (padded, rows) in logits.iter_mut().zip(rows.chunks(LANES)) {
            let quad = padded.at_mut(..classes);
            let mut targets = [0.0; LANES];
            for (lane, &row) in rows.iter().enumerate() {
                *targets.at_mut(lane) = target_logit(quad, &samples.targets, row as usize, lane);
            }
            let mut expected = F32x4::from_array(targets);
            if label_smoothing != 0.0 {
                let sum = quad.iter().fold(F32x4::splat(0.0), |sum, &logit| sum.add(logit));
                expected = expected.mul(F32x4::splat(1.0 - label_smoothing)).add(sum.mul(share));
            }
            let Exponentials { inverse, log_sum, predicted } = exponentials(quad);
            let (losses, predicted) = (log_sum.sub(expected).to_array(), predicted.to_array());
            if differentiated.is_some() {
                quad.iter_mut().for_each(|value| *value = value.mul(inverse));
            }
            let mut weights = [0.0; LANES];
            for (lane, &row) in rows.iter().enumerate() {
                let weight = match &samples.weights {
                    Some(weights) if differentiated.is_some() => *weights.at(row as usize),
                    _ => 1.0,
                };
                *weights.at_mut(lane) = weight;
                self.loss += f64::from(weight) * f64::from(*losses.at(lane));
                self.weight += f64::from(weight);
                self.correct += u32::from(*predicted.at(lane) == target_class(&samples.targets, row as usize));
                if differentiated.is_some() {
                    subtract_target(quad, &samples.targets, row as usize, lane, 1.0 - label_smoothing);
                }
            }
            if differentiated.is_some() {
                // Lanes without a sample weigh nothing.
                let weights = F32x4::from_array(weights);
                quad.iter_mut().for_each(|value| *value = value.sub(share).mul(weights));
                padded.at_mut(classes..).fill(F32x4::splat(0.0));
            }
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
#[inline(never)]
fn exponentials(quad: &mut [F32x4]) -> Exponentials {
    let zero = F32x4::splat(0.0);
    let (mut largest, mut predicted, mut class) = (*quad.at(0), zero, zero);
    for &logit in quad.iter() {
        predicted = class.where_less(largest, logit, predicted);
        largest = largest.maximum(logit);
        class = class.add(F32x4::splat(1.0));
    }
    let mut sum = zero;
    for value in quad.iter_mut() {
        *value = exp(value.sub(largest));
        sum = sum.add(*value);
    }
    Exponentials { inverse: F32x4::splat(1.0).div(sum), log_sum: largest.add(ln(sum)), predicted }
}

fn soft_row(values: &[f32], classes: usize, row: usize) -> &[f32] {
    values.at(row * classes..).at(..classes)
}

/// Σ Y Z of one sample.
fn target_logit(quad: &mut [F32x4], targets: &Targets, row: usize, lane: usize) -> f32 {
    match targets {
        Targets::None => 0.0,
        Targets::Classes(classes) => *quad.at_mut(usize::from(*classes.at(row))).lanes_mut().at(lane),
        Targets::Soft { values, .. } => {
            let targets = soft_row(values, quad.len(), row).iter().zip(quad);
            targets.fold(0.0, |sum, (&target, logit)| sum + target * *logit.lanes_mut().at(lane))
        }
    }
}

fn target_class(targets: &Targets, row: usize) -> f32 {
    match targets {
        Targets::None => -1.0,
        Targets::Classes(classes) | Targets::Soft { classes, .. } => f32::from(*classes.at(row)),
    }
}

fn subtract_target(quad: &mut [F32x4], targets: &Targets, row: usize, lane: usize, share: f32) {
    match targets {
        Targets::None => {}
        Targets::Classes(classes) => {
            *quad.at_mut(usize::from(*classes.at(row))).lanes_mut().at_mut(lane) -= share;
        }
        Targets::Soft { values, .. } => {
            for (&target, value) in soft_row(values, quad.len(), row).iter().zip(quad) {
                *value.lanes_mut().at_mut(lane) -= share * target;
            }
        }
    }
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

    fn filled(rows: usize, classes: usize) -> Quads {
        let mut quads = Quads::new(classes);
        quads.resize(rows);
        for row in 0..rows {
            for class in 0..classes {
                quads.set(row, class, logit(row, class));
            }
        }
        quads
    }

    fn samples(targets: Targets, weights: Option<Vec<f32>>) -> Samples {
        let mut samples = Samples::uint8(0, 1).unwrap();
        (samples.targets, samples.weights) = (targets, weights);
        samples
    }

    /// What the targets make of the logits.
    fn gradient(logits: &mut Quads, targets: Targets, label_smoothing: f32, weights: Option<Vec<f32>>) -> Measure {
        let order: Vec<u32> = (0..match &targets {
            Targets::Classes(classes) | Targets::Soft { classes, .. } => classes.len() as u32,
            Targets::None => 0,
        })
            .collect();
        let mut measure = Measure::default();
        measure.add_and_differentiate(logits, &samples(targets, weights), &order, label_smoothing);
        measure
    }

    fn values(quads: &Quads) -> Vec<f32> {
        quads.values().iter().flat_map(|value| value.to_array()).collect()
    }

    fn oracle(row: usize, classes: usize) -> (Vec<f64>, f64) {
        let exponentials: Vec<f64> = (0..classes).map(|class| libm::exp(f64::from(logit(row, class)))).collect();
        let sum: f64 = exponentials.iter().sum();
        (exponentials.iter().map(|e| e / sum).collect(), libm::log(sum))
    }

    #[test]
    fn gradients_and_losses_agree_with_float64_for_every_number_of_rows() {
        for classes in [2, 3, 10, 17, 1000] {
            for rows in 1..=9 {
                let labels: Vec<u16> = (0..rows).map(|row| (row * 7 % classes) as u16).collect();
                let mut quads = filled(rows, classes);
                let measure = gradient(&mut quads, Targets::Classes(labels.clone()), 0.0, None);
                let mut loss = 0.0;
                for (row, &label) in labels.iter().enumerate() {
                    let (probabilities, log_sum) = oracle(row, classes);
                    loss += log_sum - f64::from(logit(row, usize::from(label)));
                    for (class, probability) in probabilities.into_iter().enumerate() {
                        let expected = probability - f64::from(class == usize::from(label));
                        let got = f64::from(quads.get(row, class));
                        assert!((got - expected).abs() < TOLERANCE, "{classes} {rows} {row} {class}: {got} {expected}");
                    }
                }
                assert!((measure.loss - loss).abs() < TOLERANCE * loss.abs().max(1.0) * 4.0);
                let live = rows * classes;
                assert_eq!(values(&quads).iter().filter(|&&value| value != 0.0).count(), live);
            }
        }
    }

    #[test]
    fn a_one_hot_target_gives_what_its_class_gives() {
        let classes: Vec<u16> = vec![2, 0, 1, 1, 2];
        let mut one_hot = vec![0.0; 15];
        classes.iter().enumerate().for_each(|(row, &class)| one_hot[row * 3 + usize::from(class)] = 1.0);
        let (mut by_class, mut by_target) = (filled(5, 3), filled(5, 3));
        let first = gradient(&mut by_class, Targets::Classes(classes.clone()), 0.0, None);
        let second = gradient(&mut by_target, Targets::Soft { values: one_hot, classes }, 0.0, None);
        assert_eq!(values(&by_class), values(&by_target));
        assert_eq!((first.loss, first.correct), (second.loss, second.correct));
    }

    #[test]
    fn the_lowest_class_wins_a_tie() {
        let mut quads = Quads::new(4);
        quads.resize(1);
        let mut measure = Measure::default();
        measure.add(&mut quads, &samples(Targets::Classes(vec![0]), None), &[0]);
        assert_eq!(measure.correct, 1);
    }

    #[test]
    fn label_smoothing_is_the_same_as_smoothed_targets() {
        let classes: Vec<u16> = vec![2, 0, 1, 1, 2, 0];
        let mut targets = vec![0.3_f32 / 3.0; 18];
        classes.iter().enumerate().for_each(|(row, &class)| targets[row * 3 + usize::from(class)] += 0.7);
        let (mut smoothed, mut soft) = (filled(6, 3), filled(6, 3));
        let first = gradient(&mut smoothed, Targets::Classes(classes.clone()), 0.3, None);
        let second = gradient(&mut soft, Targets::Soft { values: targets, classes }, 0.0, None);
        for (a, b) in values(&smoothed).into_iter().zip(values(&soft)) {
            assert!(f64::from(a - b).abs() < TOLERANCE);
        }
        assert!((first.loss - second.loss).abs() < 6.0 * TOLERANCE);
    }

    #[test]
    fn a_weight_of_two_is_the_same_as_a_sample_given_twice() {
        let mut weighted = filled(2, 3);
        let measure = gradient(&mut weighted, Targets::Classes(vec![0, 1]), 0.0, Some(vec![1.0, 2.0]));
        let mut single = filled(2, 3);
        let plain = gradient(&mut single, Targets::Classes(vec![0, 1]), 0.0, None);
        assert_eq!((measure.weight, plain.weight, measure.correct), (3.0, 2.0, plain.correct));
        for class in 0..3 {
            let [weighted, single] = [&weighted, &single].map(|quads| quads.get(1, class));
            assert_eq!(weighted, 2.0 * single);
        }
    }
}
