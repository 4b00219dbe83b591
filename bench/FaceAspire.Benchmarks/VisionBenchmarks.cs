using BenchmarkDotNet.Attributes;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Benchmarks;

/// <summary>Encoded photo to pixels: what every request pays first.</summary>
[MemoryDiagnoser]
public class Decode
{
    private readonly BenchmarkModels _models = new();
    private byte[] _encoded = [];

    // 0.2, 1.8 and 4.3 million pixels.
    [Params("img10.jpg", "img2.jpg", "img4.jpg")] public string Photo { get; set; } = "";

    [GlobalSetup] public void Load() => _encoded = BenchmarkModels.Photo(Photo);

    [GlobalCleanup] public void Free() => _models.Dispose();

    [Benchmark(Baseline = true)]
    public int Jpeg()
    {
        using var image = _models.Decoder.Decode(_encoded, CancellationToken.None);
        return image.Width;
    }
}

/// <summary>Pixels to faces, and the bare network in it: every request with a picture pays for it.</summary>
[MemoryDiagnoser]
public class Detect
{
    private readonly BenchmarkModels _models = new();
    private readonly float[] _input = new float[3 * 640 * 480];
    private PixelBuffer _image = new(1, 1);
    private YuNetDetector? _detector;

    [GlobalSetup]
    public void Load()
    {
        _image = _models.DecodePhoto("img11.jpg"); // 600×800: the network sees 480×640
        _detector = _models.YuNet();
    }

    [GlobalCleanup]
    public void Free()
    {
        _image.Dispose();
        _models.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int BareNetwork() => _models.Sessions(_models.Catalog.Get(ModelHub.ModelTask.Detection, "yunet"))
        .Run(_input, [1, 3, 640, 480], static outputs => outputs[0].Length, CancellationToken.None);

    [Benchmark]
    public int Resize()
    {
        using var shrunk = Resizer.Resize(_image, 480, 640, Interpolation.Bilinear);
        return shrunk.Width;
    }

    [Benchmark] public int YuNet() => _detector!.Detect(_image, CancellationToken.None).Count;
}

/// <summary>One face to its crop: once per face.</summary>
[MemoryDiagnoser]
public class Warp
{
    private readonly BenchmarkModels _models = new();
    private PixelBuffer _image = new(1, 1);
    private DetectedFace? _face;

    [GlobalSetup]
    public void Load()
    {
        _image = _models.DecodePhoto("img4.jpg");
        _face = _models.YuNet().Detect(_image, CancellationToken.None)[0];
    }

    [GlobalCleanup]
    public void Free()
    {
        _image.Dispose();
        _models.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int FivePoint()
    {
        var matrix = SimilarityTransform.Fit([.. _face!.Landmarks], LandmarkTemplate.Of(new(CropGeometry.FivePoint, 112, 112)))!.Value;
        using var crop = AffineWarp.Warp(_image, matrix, 112, 112, Interpolation.Bilinear);
        return crop.Width;
    }

    [Benchmark]
    public int EyeLine()
    {
        using var crop = EyeLineAligner.Align(_image, PixelBox.Truncate(_face!.Box), _face.Landmarks[0], _face.Landmarks[1])!;
        using var fitted = Letterbox.Fit(crop, 150, 150);
        return fitted.Width;
    }

    [Benchmark]
    public int Square()
    {
        using var crop = SquareCrop.Cut(_image, _face!.Box, margin: 1, 112, 112);
        return crop.Width;
    }
}

/// <summary>One crop to its vector: once per face.</summary>
[MemoryDiagnoser]
public class Embed
{
    private readonly BenchmarkModels _models = new();
    private PixelBuffer[] _crops = [];
    private float[] _input = [];

    [Params("FaceLite", "mobileface_v2", "mobilefacenet_512", "Dlib")] public string Model { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        var input = _models.Recogniser(Model).Input;
        _crops = [new(input.Width, input.Height)];
        new Random(20_250_101).NextBytes(_crops[0].Pixels);
        _input = new float[input.Channels * input.Width * input.Height];
    }

    [GlobalCleanup]
    public void Free()
    {
        _crops[0].Dispose();
        _models.Dispose();
    }

    [Benchmark(Baseline = true)]
    public int BareNetwork()
    {
        var entry = _models.Recogniser(Model);
        return _models.Sessions(entry).Run(_input, [1, 3, entry.Input.Height, entry.Input.Width], static outputs => outputs[0].Length, CancellationToken.None);
    }

    [Benchmark] public int Embedder() => _models.Embedder(Model).Embed(_crops, InputNormalization.Base, CancellationToken.None).Length;
}

/// <summary>Two vectors to their distance: once per pair of faces.</summary>
[MemoryDiagnoser]
public class Compare
{
    private Embedding _first;
    private Embedding _second;

    [Params(128, 512)] public int Dimension { get; set; }

    [ParamsAllValues] public DistanceMetric Metric { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(20_250_101);
        _first = new(Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray());
        _second = new(Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray());
    }

    [Benchmark(Baseline = true)] public double Distance() => EmbeddingDistance.Between(_first, _second, Metric);
}
