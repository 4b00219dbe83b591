using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Attributes;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Vision.Liveness;

/// <summary>Tells persons before the camera from prints and screens. Safe to call on many threads at once.</summary>
/// <param name="networks">The networks whose probabilities are added. Without any, every check fails.</param>
public sealed class LivenessCheck(IReadOnlyList<LivenessNetwork> networks)
{
    private readonly AttributeNetwork[] _networks = [.. networks.Select(static network => new AttributeNetwork(network.Sessions, network.Input))];

    /// <summary>The crops that a check needs of every face, in this order.</summary>
    public IReadOnlyList<CropRecipe> Crops { get; } = [.. networks.Select(static network => network.Crop)];

    /// <summary>Judges a face.</summary>
    /// <param name="face">The face with <see cref="Crops"/> among its crops.</param>
    /// <param name="firstCrop">Where they begin.</param>
    /// <param name="cancellationToken">Stops the networks.</param>
    /// <exception cref="FaceAspireException">Weights are missing, or a network failed.</exception>
    public LivenessVerdict Judge(ExtractedFace face, int firstCrop, CancellationToken cancellationToken)
    {
        if (_networks.Length == 0)
        {
            throw new FaceAspireException(ErrorCode.ModelUnavailable, "The catalogue has no liveness model.");
        }

        float[] logits = new float[_networks.Length * LivenessVerdict.Classes];
        for (int i = 0; i < _networks.Length; i++)
        {
            var network = _networks[i];
            var target = logits.AsMemory(i * LivenessVerdict.Classes, LivenessVerdict.Classes);
            _ = network.Run(
                face.Crops[firstCrop + i],
                outputs =>
                {
                    network.ReadFinite(outputs, tensor: 0).CopyTo(target.Span);
                    return true;
                },
                cancellationToken);
        }

        return LivenessVerdict.Of(logits);
    }

    /// <summary>Refuses faces of which one is not a person's.</summary>
    /// <param name="faces">Faces with <see cref="Crops"/> among their crops.</param>
    /// <param name="firstCrop">Where they begin.</param>
    /// <param name="cancellationToken">Stops the networks.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.SpoofDetected"/>, or weights are missing, or a network failed.</exception>
    public void RequireReal(ExtractedFaces faces, int firstCrop, CancellationToken cancellationToken)
    {
        foreach (var face in faces)
        {
            if (Judge(face, firstCrop, cancellationToken) is { IsReal: false } verdict)
            {
                throw new FaceAspireException(ErrorCode.SpoofDetected, FormattableString.Invariant(
                    $"the face at x {face.Area.X}, y {face.Area.Y} is that of a print or a screen, not of a person (score {verdict.Score:F2})."));
            }
        }
    }
}
