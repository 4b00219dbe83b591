using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Detection;

/// <summary>A detector that is one network of fixed size: the picture is put into its input, it runs once, and its outputs are read. What differs is where in the input
/// the picture lies, and what the outputs mean.</summary>
/// <param name="sessions">The network's session.</param>
/// <param name="input">Its size and channels.</param>
public abstract class NetworkDetector(InferenceSessionPool sessions, ModelInput input) : IFaceDetector
{
    private readonly DetectorNetwork _network = new(sessions, input);

    /// <inheritdoc/>
    public virtual int? WorkingSide => Math.Max(InputWidth, InputHeight);

    /// <inheritdoc/>
    public void Load() => _network.Load();

    /// <inheritdoc/>
    public IReadOnlyList<DetectedFace> Detect(PixelBuffer image, CancellationToken cancellationToken) =>
        Detect(_network, DetectorFrame.Plain(image), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Every number truncated, as most of DeepFace's backends do, and as is done for detectors that DeepFace does not have.</remarks>
    public virtual IReadOnlyList<DetectedFace> DetectAsDeepFace(DetectorFrame frame, CancellationToken cancellationToken) =>
        WholePixels.Apply(Detect(_network, frame, cancellationToken), WholePixels.Truncate);

    /// <summary>Columns of the input.</summary>
    private protected int InputWidth => input.Width;

    /// <summary>Rows of the input.</summary>
    private protected int InputHeight => input.Height;

    /// <summary>How the picture is resized.</summary>
    private protected virtual Interpolation Interpolation => Interpolation.Bilinear;

    /// <summary>Where in the input a picture lies.</summary>
    private protected abstract InputPlacement Place(in DetectorFrame frame);

    /// <summary>The faces in the outputs, best first, in pixels of the frame.</summary>
    /// <param name="outputs">Gone when this returns.</param>
    /// <param name="frame">The picture.</param>
    /// <param name="placement">Where it lay.</param>
    private protected abstract List<DetectedFace> Decode(InferenceOutputs outputs, DetectorFrame frame, InputPlacement placement);

    /// <summary>Runs a network of this kind, which may take its channels otherwise than the detector's own.</summary>
    private protected List<DetectedFace> Detect(DetectorNetwork network, DetectorFrame frame, CancellationToken cancellationToken)
    {
        var placement = Place(frame);
        return network.Run(frame, placement, Interpolation, border: 0, outputs => Decode(outputs, frame, placement), cancellationToken);
    }
}
