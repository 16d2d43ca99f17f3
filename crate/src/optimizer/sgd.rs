//! Stochastic gradient descent as torch.optim.SGD defines it:
//! g ← dθ + weight decay · θ, v ← momentum · v + g, θ ← θ − learning rate · v, or with Nesterov's momentum
//! θ ← θ − learning rate · (g + momentum · v). v is the momentum buffer.

use crate::simd::{F32x4, map};

/// How parameters follow their gradient.
#[derive(Clone, Copy, Default)]
pub struct Sgd {
    pub momentum: f32,
    pub nesterov: bool,
    pub weight_decay: f32,
    /// Whether biases decay as well.
    pub decay_bias: bool,
}

impl Sgd {
    /// One step on parameters, `weights` weights and then biases. `gradient` is that of a sum of losses whose weights sum to
    /// `total_weight`. All arrays are as long as `parameters`, but for `momentum_buffer`, which may be empty without momentum.
    pub fn step(
        &self,
        parameters: &mut [f32],
        weights: usize,
        momentum_buffer: &mut [f32],
        gradient: &[f32],
        total_weight: f32,
        learning_rate: f32,
    ) {
        let bias_decay = if self.decay_bias { self.weight_decay } else { 0.0 };
        for (range, decay) in [(0..weights, self.weight_decay), (weights..parameters.len(), bias_decay)] {
            let buffer = momentum_buffer.get_mut(range.clone()).unwrap_or_default();
            self.step_alike(
                &mut parameters[range.clone()],
                buffer,
                &gradient[range],
                total_weight,
                learning_rate,
                decay,
            );
        }
    }

    /// One step on parameters that decay alike.
    fn step_alike(
        &self,
        parameters: &mut [f32],
        momentum_buffer: &mut [f32],
        gradient: &[f32],
        total_weight: f32,
        learning_rate: f32,
        weight_decay: f32,
    ) {
        let [rate, decay, momentum] = [learning_rate, weight_decay, self.momentum].map(F32x4::splat);
        if self.momentum == 0.0 && weight_decay == 0.0 {
            let factor = F32x4::splat(learning_rate / total_weight);
            map(parameters, [gradient], |parameter, [gradient]| parameter - factor * gradient);
            return;
        }
        let factor = F32x4::splat(1.0 / total_weight);
        let decayed = |parameter, gradient| factor * gradient + decay * parameter;
        if self.momentum == 0.0 {
            map(parameters, [gradient], |parameter, [gradient]| parameter - rate * decayed(parameter, gradient));
            return;
        }
        map(momentum_buffer, [gradient, parameters], |buffer, [gradient, parameter]| {
            momentum * buffer + decayed(parameter, gradient)
        });
        map(parameters, [gradient, momentum_buffer], |parameter, [gradient, buffer]| {
            let direction = if self.nesterov { decayed(parameter, gradient) + momentum * buffer } else { buffer };
            parameter - rate * direction
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Some roundings of float32 on values of about 1.
    const TOLERANCE: f64 = 1e-6;

    /// torch.optim.SGD in float64, one parameter.
    fn oracle(sgd: &Sgd, parameter: f64, buffer: f64, gradient: f64, rate: f64, decays: bool) -> (f64, f64) {
        let decayed = gradient + if decays { f64::from(sgd.weight_decay) * parameter } else { 0.0 };
        let momentum = f64::from(sgd.momentum);
        let buffer = momentum * buffer + decayed;
        let direction = if sgd.nesterov { decayed + momentum * buffer } else { buffer };
        (parameter - rate * direction, buffer)
    }

    #[test]
    fn steps_are_those_of_torch_for_every_combination_of_options_and_every_tail() {
        for length in 1..=9 {
            for options in 0..16 {
                let is_set = |bit: usize| options >> bit & 1 == 1;
                let momentum = if is_set(0) { 0.9 } else { 0.0 };
                let (nesterov, decay_bias) = (is_set(0) && is_set(1), is_set(3));
                let sgd = Sgd { momentum, nesterov, weight_decay: if is_set(2) { 0.1 } else { 0.0 }, decay_bias };
                let (weights, total) = (length / 2, 4.0);
                let value = |index: usize, seed: usize| ((index * 7 + seed) % 11) as f32 / 10.0 - 0.5;
                let mut parameters: Vec<f32> = (0..length).map(|index| value(index, 1)).collect();
                let mut buffer: Vec<f32> = (0..length).map(|index| value(index, 2)).collect();
                let gradient: Vec<f32> = (0..length).map(|index| value(index, 3)).collect();
                let (before, buffer_before) = (parameters.clone(), buffer.clone());
                sgd.step(&mut parameters, weights, &mut buffer, &gradient, total, 0.5);
                for index in 0..length {
                    let [parameter, old, slope] =
                        [before[index], buffer_before[index], gradient[index] / total].map(f64::from);
                    let (expected, expected_buffer) = oracle(
                        &sgd,
                        parameter,
                        if is_set(0) { old } else { 0.0 },
                        slope,
                        0.5,
                        index < weights || decay_bias,
                    );
                    assert!((f64::from(parameters[index]) - expected).abs() < TOLERANCE, "{length} {options} {index}");
                    if is_set(0) {
                        assert!((f64::from(buffer[index]) - expected_buffer).abs() < TOLERANCE);
                    }
                }
            }
        }
    }

    #[test]
    fn without_momentum_no_buffer_is_needed() {
        let mut parameters = [1.0, 2.0];
        Sgd::default().step(&mut parameters, 1, &mut [], &[4.0, 8.0], 2.0, 0.25);
        assert_eq!(parameters, [0.5, 1.0]);
    }
}
