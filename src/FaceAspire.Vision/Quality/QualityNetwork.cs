using System.Numerics.Tensors;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Quality;

/// <summary>The network that says how good a face's picture is.</summary>
/// <param name="sessions">Session with one input N×C×H×W and one output N×10, whose mean is the score.</param>
/// <param name="input">What it wants.</param>
/// <param name="isPresent">Whether its file is here.</param>
public sealed class QualityNetwork(InferenceSessionPool sessions, ModelInput input, Func<bool> isPresent)
{
    private readonly AttributeNetwork _network = new(sessions, input);

    /// <summary>The score of a face, 0 to 1, more is better; null where the network's file is not here.</summary>
    /// <param name="crop">The face aligned to <see cref="FaceDescriber.Crop"/>.</param>
    /// <param name="cancellationToken">Stops the network.</param>
    /// <exception cref="FaceAspireException">The file is another than it should be, or the network failed.</exception>
    public double? Score(PixelBuffer crop, CancellationToken cancellationToken) => isPresent() ? RequireScore(crop, cancellationToken) : null;

    /// <summary>The score of a face for a caller that cannot do without it.</summary>
    /// <param name="crop">The face aligned to <see cref="FaceDescriber.Crop"/>.</param>
    /// <param name="cancellationToken">Stops the network.</param>
    /// <exception cref="FaceAspireException">The file is missing or another than it should be, or the network failed.</exception>
    public double RequireScore(PixelBuffer crop, CancellationToken cancellationToken) =>
        _network.Run(crop, outputs => (double)Math.Clamp(TensorPrimitives.Average(_network.ReadFinite(outputs, tensor: 0)), 0, 1), cancellationToken);
}
