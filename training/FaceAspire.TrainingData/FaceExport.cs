using System.Numerics;
using System.Runtime.InteropServices;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.TrainingData;

/// <summary>Finds the largest face of every picture and writes its aligned crop, with surroundings, and what the teachers say of it.</summary>
/// <remarks>
/// Decoding, detection, alignment and the teachers' inputs are the product's, so the networks are trained on what they will meet. Files in the output folder:
/// <c>crops.u8</c> (N×144×144×3 bytes R G B: the 112×112 crop of the five-point template with 16 pixels more on each side),
/// <c>NAME.f32</c> per teacher (N×dimension floats: the unit embeddings of the crop and of its mirror image, added), <c>index.csv</c> (source and name of each row).
/// </remarks>
internal sealed class FaceExport : IDisposable
{
    private const int CropSide = 112;
    private const int Surroundings = 16;
    private const int Side = CropSide + (2 * Surroundings);
    private const int Chunk = 256;
    private static readonly string[] _teacherNames = ["mobilefacenet_512", "mobileface_v2"];

    private readonly InferenceSessions _sessions = new(new InferenceDevice("-1", NullLogger<InferenceDevice>.Instance));
    private readonly ImageDecoder _decoder = new(maxPixels: 50_000_000);
    private readonly YuNetDetector _detector;
    private readonly List<(string Name, Embedder Embedder)> _teachers = [];
    private readonly Vector2[] _template;

    public FaceExport(string modelsFolder)
    {
        var catalog = ModelCatalog.LoadDefault();
        InferenceSessionPool Pool(ModelEntry entry) => _sessions.Get(entry.Sha256, entry.Name, () => Path.Combine(modelsFolder, entry.File));
        var detector = catalog.Get(ModelTask.Detection, "yunet");
        _detector = new(Pool(detector), detector.ScoreThreshold, detector.OverlapThreshold);
        foreach (string name in _teacherNames)
        {
            var entry = catalog.Get(ModelTask.Recognition, name);
            _teachers.Add((name, new(Pool(entry), entry.Input, entry.Dimension)));
        }

        _template = LandmarkTemplate.Of(new(CropGeometry.FivePoint, CropSide, CropSide));
    }

    public void Run(string folder, IReadOnlyList<string> sources)
    {
        Directory.CreateDirectory(folder);
        using var crops = File.Create(Path.Combine(folder, "crops.u8"));
        var embeddings = _teachers.ConvertAll(teacher => File.Create(Path.Combine(folder, $"{teacher.Name}.f32")));
        using var index = new StreamWriter(Path.Combine(folder, "index.csv"));
        index.WriteLine("source,file");
        foreach (string source in sources)
        {
            string name = Path.GetFileName(source.TrimEnd('/')).Replace(".tar.gz", "", StringComparison.Ordinal);
            int pictures = 0, faces = 0;
            foreach (var chunk in SourcePictures.Read(source).Chunk(Chunk))
            {
                var found = new Face?[chunk.Length];
                Parallel.For(0, chunk.Length, i => found[i] = Find(chunk[i].Bytes));
                for (int i = 0; i < chunk.Length; i++)
                {
                    if (found[i] is not { } face)
                    {
                        continue;
                    }

                    crops.Write(face.Pixels);
                    for (int teacher = 0; teacher < embeddings.Count; teacher++)
                    {
                        embeddings[teacher].Write(MemoryMarshal.AsBytes<float>(face.Embeddings[teacher]));
                    }

                    index.WriteLine($"{name},{chunk[i].Name}");
                    faces++;
                }

                pictures += chunk.Length;
                Console.WriteLine($"{name}: {faces} faces in {pictures} pictures");
            }
        }

        embeddings.ForEach(static stream => stream.Dispose());
    }

    public void Dispose() => _sessions.Dispose();

    private Face? Find(byte[] encoded)
    {
        PixelBuffer image;
        try
        {
            image = _decoder.Decode(encoded, CancellationToken.None);
        }
        catch (FaceAspireException)
        {
            return null; // a broken file of a set is no face
        }

        using (image)
        {
            var face = _detector.Detect(image, CancellationToken.None).MaxBy(static face => face.Box.Area);
            if (face is null || SimilarityTransform.Fit([.. face.Landmarks], _template) is not { } matrix)
            {
                return null;
            }

            // The shift is a whole number of pixels, so the middle is the product's crop to the bit.
            var wider = matrix with { M13 = matrix.M13 + Surroundings, M23 = matrix.M23 + Surroundings };
            using var surroundings = AffineWarp.Warp(image, wider, Side, Side, Interpolation.Bilinear);
            using var crop = AffineWarp.Warp(image, matrix, CropSide, CropSide, Interpolation.Bilinear);
            using var mirrored = Mirror(crop);
            return new(surroundings.Pixels.ToArray(), [.. _teachers.Select(teacher => Embed(teacher.Embedder, crop, mirrored))]);
        }
    }

    private static float[] Embed(Embedder embedder, PixelBuffer crop, PixelBuffer mirrored)
    {
        var both = embedder.Embed([crop, mirrored], InputNormalization.Base, CancellationToken.None);
        float[] sum = new float[both[0].Values.Length];
        foreach (var embedding in both)
        {
            float norm = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(embedding.Values.Span));
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(embedding.Values.Span, 1 / norm, sum, sum);
        }

        return sum;
    }

    private static PixelBuffer Mirror(PixelBuffer image)
    {
        var mirrored = new PixelBuffer(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
        {
            var source = MemoryMarshal.Cast<byte, Rgb>(image.Row(y));
            var destination = MemoryMarshal.Cast<byte, Rgb>(mirrored.Row(y));
            source.CopyTo(destination);
            destination.Reverse();
        }

        return mirrored;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Rgb(byte R, byte G, byte B);

    private sealed record Face(byte[] Pixels, float[][] Embeddings);
}
