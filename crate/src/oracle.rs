//! The training step in float64, as plainly as the formulas: what every kernel is tested against.

use crate::linear::{Fixed16, Float32, Linear};
use crate::quads::Quads;
use crate::samples::{Batch, Inputs, Samples, Targets};
use crate::scaling::Scaling;
use crate::softmax::Measure;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Float32 sums of n products, each rounded, are off by about √n ε of their absolute sum; the bound is for n ≤ 4,096.
const FLOAT32_TOLERANCE: f64 = 4e-6;

/// Half a step of 1/32767 of the largest factor, in sums whose products may be eight times smaller than the largest.
const FIXED16_TOLERANCE: f64 = 4.0 / 32767.0;

struct Problem {
    samples: Samples,
    scaling: Scaling,
    weight: Vec<f32>,
    bias: Vec<f32>,
    rows: Vec<u32>,
}

/// A value in [−1, 1] that looks like no pattern.
fn value(index: usize) -> f32 {
    (index as u32).wrapping_mul(2_654_435_761).wrapping_shr(8) as f32 / 8_388_608.0 - 1.0
}

fn problem(count: usize, features: usize, classes: usize, bytes: bool) -> Problem {
    let mut samples = if bytes { Samples::uint8(count, features) } else { Samples::float32(count, features) }.unwrap();
    match &mut samples.inputs {
        Inputs::Uint8(values) => {
            values.iter_mut().enumerate().for_each(|(i, v)| *v = (value(i) * 127.0 + 127.0) as u8);
        }
        Inputs::Float32(values) => values.iter_mut().enumerate().for_each(|(i, v)| *v = value(i)),
    }
    samples.targets = Targets::Classes((0..count).map(|row| (row * 5 % classes) as u16).collect());
    let mut scaling = Scaling::new(features);
    scaling
        .scale_mut()
        .iter_mut()
        .enumerate()
        .for_each(|(i, v)| *v = (1.5 + value(i + 3)) / if bytes { 255.0 } else { 1.0 });
    scaling.shift_mut().iter_mut().enumerate().for_each(|(i, v)| *v = value(i + 11) * 0.1);
    scaling.settle();
    Problem {
        samples,
        scaling,
        weight: (0..classes * features).map(|i| value(i + 5) * 0.2).collect(),
        bias: (0..classes).map(|i| value(i + 7)).collect(),
        rows: (0..count as u32).rev().collect(),
    }
}

impl Problem {
    fn input(&self, row: u32, feature: usize) -> f64 {
        let position = row as usize * self.samples.features() + feature;
        let x = match &self.samples.inputs {
            Inputs::Uint8(values) => f64::from(values[position]),
            Inputs::Float32(values) => f64::from(values[position]),
        };
        x * f64::from(self.scaling.scale()[feature]) + f64::from(self.scaling.shift()[feature])
    }

    /// Z of one row, and the sum of the absolute values of its terms.
    fn logit(&self, row: u32, class: usize) -> (f64, f64) {
        let features = self.samples.features();
        let bias = f64::from(self.bias[class]);
        (0..features).fold((bias, bias.abs()), |(sum, absolute), feature| {
            let term = self.input(row, feature) * f64::from(self.weight[class * features + feature]);
            (sum + term, absolute + term.abs())
        })
    }

    /// dW of one weight for given dZ, and the sum of the absolute values of its terms.
    fn weight_gradient(&self, output_gradient: &Quads, class: usize, feature: usize) -> (f64, f64) {
        self.rows.iter().enumerate().fold((0.0, 0.0), |(sum, absolute), (position, &row)| {
            let dz = f64::from(output_gradient.get(position, class));
            let term = dz * self.input(row, feature);
            (sum + term, absolute + term.abs())
        })
    }

    fn parameters(&self) -> Vec<f32> {
        [self.weight.as_slice(), &self.bias].concat()
    }

    fn batch(&self) -> Batch<'_> {
        Batch { samples: &self.samples, rows: &self.rows, scaling: &self.scaling }
    }
}

fn assert_close(got: f32, (exact, magnitude): (f64, f64), tolerance: f64, what: &str) {
    let error = (f64::from(got) - exact).abs();
    assert!(error <= tolerance * (magnitude + 1.0), "{what}: got {got}, exact {exact}, magnitude {magnitude}");
}

/// The one test of every linear layer.
fn test_layer<L: Linear>(create: impl Fn(usize, usize) -> L, problem: &Problem, tolerance: f64) {
    let (features, classes, rows) = (problem.samples.features(), problem.bias.len(), problem.rows.len());
    let what = format!("D {features}, C {classes}, B {rows}");
    let mut layer = create(features, classes);
    layer.load(&problem.parameters(), problem.batch().folded_scaling());
    let mut outputs = Quads::new(classes);
    outputs.resize(rows);
    layer.forward(problem.batch(), &mut outputs);
    for (position, &row) in problem.rows.iter().enumerate() {
        for class in 0..classes {
            let got = outputs.get(position, class);
            assert_close(got, problem.logit(row, class), tolerance, &what);
        }
    }
    Measure::default().add_and_differentiate(&mut outputs, &problem.samples, &problem.rows, 0.0);
    let mut gradient = vec![f32::NAN; classes * (features + 1)];
    layer.backward(problem.batch(), &outputs, &mut gradient);
    for class in 0..classes {
        for feature in 0..features {
            let exact = problem.weight_gradient(&outputs, class, feature);
            assert_close(gradient[class * features + feature], exact, tolerance, &what);
        }
        let gradients = (0..rows).map(|row| f64::from(outputs.get(row, class)));
        let exact = gradients.fold((0.0, 0.0), |(sum, absolute): (f64, f64), dz| (sum + dz, absolute + dz.abs()));
        assert_close(gradient[classes * features + class], exact, tolerance, &what);
    }
}

#[test]
fn float32_agrees_with_float64_for_every_tail_of_features_and_rows() {
    for bytes in [true, false] {
        for tail in 1..=33 {
            test_layer(Float32::new, &problem(5, tail, 3, bytes), FLOAT32_TOLERANCE);
            test_layer(Float32::new, &problem(tail, 7, 3, bytes), FLOAT32_TOLERANCE);
        }
    }
}

#[test]
fn float32_agrees_with_float64_for_few_and_many_classes_and_features() {
    for bytes in [true, false] {
        for classes in [2, 3, 10, 17, 1000] {
            test_layer(Float32::new, &problem(6, 40, classes, bytes), FLOAT32_TOLERANCE);
        }
        for features in [784, 1023, 1024, 1025, 4096] {
            test_layer(Float32::new, &problem(18, features, 3, bytes), FLOAT32_TOLERANCE);
        }
    }
}

#[test]
fn fixed16_agrees_with_float64_for_every_tail_of_features_and_rows() {
    for tail in 1..=33 {
        test_layer(Fixed16::new, &problem(5, tail, 3, true), FIXED16_TOLERANCE);
        test_layer(Fixed16::new, &problem(tail, 7, 3, true), FIXED16_TOLERANCE);
    }
}

#[test]
fn fixed16_agrees_with_float64_for_few_and_many_classes_features_and_rows() {
    for classes in [2, 3, 10, 17, 1000] {
        test_layer(Fixed16::new, &problem(6, 40, classes, true), FIXED16_TOLERANCE);
    }
    for features in [784, 1023, 1024, 1025, 4096] {
        test_layer(Fixed16::new, &problem(18, features, 3, true), FIXED16_TOLERANCE);
    }
    for rows in [255, 256, 257, 600] {
        test_layer(Fixed16::new, &problem(rows, 40, 3, true), FIXED16_TOLERANCE);
    }
}

#[test]
fn fixed16_rounds_a_logit_by_no_more_than_half_a_step_per_product() {
    let problem = problem(40, 300, 10, true);
    let mut layer = Fixed16::new(300, 10);
    layer.load(&problem.parameters(), Some(&problem.scaling));
    let mut outputs = Quads::new(10);
    outputs.resize(40);
    layer.forward(problem.batch(), &mut outputs);
    let scale = problem.scaling.scale();
    for (position, &row) in problem.rows.iter().enumerate() {
        for class in 0..10 {
            let folded = problem.weight[class * 300..][..300].iter().zip(scale).map(|(&w, &s)| f64::from(w * s).abs());
            let step = folded.fold(0.0, f64::max) / 32767.0;
            let pixels =
                (0..300).map(|d| (problem.input(row, d) - f64::from(problem.scaling.shift()[d])) / f64::from(scale[d]));
            // And the roundings of folding and of the result to float32.
            let bound = pixels.sum::<f64>() * step / 2.0 + 1e-5;
            let got = f64::from(outputs.get(position, class));
            assert!((got - problem.logit(row, class).0).abs() <= bound);
        }
    }
}

#[test]
fn fixed16_sums_the_largest_bytes_and_weights_without_overflow() {
    for features in [784, 1024, 2048] {
        let mut problem = problem(512, features, 2, true);
        let Inputs::Uint8(values) = &mut problem.samples.inputs else { unreachable!() };
        values.fill(255);
        problem.weight.fill(1.0);
        problem.samples.targets = Targets::Classes(vec![0; 512]);
        test_layer(Fixed16::new, &problem, FIXED16_TOLERANCE);
    }
}

#[test]
fn the_formula_of_the_gradient_agrees_with_finite_differences() {
    let mut problem = problem(4, 5, 3, false);
    let loss = |problem: &Problem| -> f64 {
        let loss_of = |&row: &u32| {
            let logits: Vec<f64> = (0..3).map(|class| problem.logit(row, class).0).collect();
            let log_sum = libm::log(logits.iter().map(|&z| libm::exp(z)).sum::<f64>());
            log_sum - logits[row as usize * 5 % 3]
        };
        problem.rows.iter().map(loss_of).sum()
    };
    let mut outputs = Quads::new(3);
    outputs.resize(4);
    let mut layer = Float32::new(5, 3);
    layer.load(&problem.parameters(), None);
    layer.forward(problem.batch(), &mut outputs);
    Measure::default().add_and_differentiate(&mut outputs, &problem.samples, &problem.rows, 0.0);
    for index in 0..15 {
        let (analytic, _) = problem.weight_gradient(&outputs, index / 5, index % 5);
        let weight = problem.weight[index];
        // Float32 weights: a step that they hold exactly.
        let step = 1.0 / 1024.0;
        problem.weight[index] = weight + step;
        let above = (loss(&problem), f64::from(problem.weight[index]));
        problem.weight[index] = weight - step;
        let below = (loss(&problem), f64::from(problem.weight[index]));
        problem.weight[index] = weight;
        let difference = (above.0 - below.0) / (above.1 - below.1);
        assert!((analytic - difference).abs() < 2e-6, "{index}: {analytic} {difference}");
    }
}
