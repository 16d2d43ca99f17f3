//! Plain stochastic gradient descent: θ ← θ − learning rate · dθ.

/// One step on parameters whose gradient is the sum over `batch` samples.
pub fn update(parameters: &mut [f32], gradient: &[f32], learning_rate: f32, batch: usize) {
    let factor = learning_rate / batch as f32;
    for (parameter, &gradient) in parameters.iter_mut().zip(gradient) {
        *parameter -= factor * gradient;
    }
}
