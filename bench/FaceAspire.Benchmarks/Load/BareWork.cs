using FaceAspire.Testing;
using FaceAspire.Vision.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Benchmarks.Load;

/// <summary>What a verify cannot do without, and nothing else: two pictures decoded, two detections and two embeddings run on prepared tensors.
/// No resizing, no packing, no decoding of outputs, no HTTP.</summary>
internal sealed class BareWork : IDisposable
{
    private readonly ImageDecoder _decoder = new(BenchmarkModels.MaxPixels);
    private readonly byte[][] _photos;
    private readonly (int Width, int Height)[] _detectorSizes;
    private readonly InferenceSession _detector;
    private readonly InferenceSession _embedder;
    private readonly long[] _embedderShape;

    public BareWork(BenchmarkModels models, string model, string detector, IReadOnlyList<string> photos, int intraOpThreads)
    {
        var entry = models.Recogniser(model);
        _photos = [.. photos.Select(BenchmarkModels.Photo)];
        _detectorSizes = [.. photos.Select(photo => DetectorSize(models, photo))];
        using var options = new SessionOptions { IntraOpNumThreads = intraOpThreads };
        _detector = new(SharedMaterial.Weights(models.Catalog.Get(ModelHub.ModelTask.Detection, detector).File), options);
        _embedder = new(SharedMaterial.Weights(entry.File), options);
        _embedderShape = [1, entry.Input.Channels, entry.Input.Height, entry.Input.Width];
    }

    /// <summary>The bare work of one verify of all photos.</summary>
    public void Run(bool decode)
    {
        for (int i = 0; i < _photos.Length; i++)
        {
            if (decode)
            {
                using var image = _decoder.Decode(_photos[i], CancellationToken.None);
            }

            RunNetwork(_detector, [1, 3, _detectorSizes[i].Height, _detectorSizes[i].Width]);
            RunNetwork(_embedder, _embedderShape);
        }
    }

    public void Dispose()
    {
        _detector.Dispose();
        _embedder.Dispose();
    }

    private static void RunNetwork(InferenceSession session, long[] shape)
    {
        using var input = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, session.InputNames, [input], session.OutputNames);
    }

    /// <summary>The size that the detector's network gets: the longer side at most 640, both sides rounded up to 32.</summary>
    private static (int Width, int Height) DetectorSize(BenchmarkModels models, string photo)
    {
        using var image = models.DecodePhoto(photo);
        double scale = Math.Min(1, 640.0 / Math.Max(image.Width, image.Height));
        return (((int)(image.Width * scale) + 31) / 32 * 32, ((int)(image.Height * scale) + 31) / 32 * 32);
    }
}
