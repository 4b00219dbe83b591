using System.Numerics;
using System.Runtime.InteropServices;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Vision.Alignment;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.TrainingData;

/// <summary>Finds the largest face of every picture and writes its aligned crop, with surroundings, and what the teachers say of it.</summary>
/// <remarks>
/// Decoding, detection, alignment and the teachers' inputs are the product's, so the networks are trained on what they will meet. Files in the output folder:
/// <c>crops.u8</c> (N×144×144×3 bytes R G B: the 112×112 crop of the five-point template with 16 pixels more on each side),
/// <c>NAME.f32</c> per teacher (N rows of its numbers), <c>index.csv</c> (source and name of each row).
/// </remarks>
internal sealed class FaceExport(IFaceDetector detector, IReadOnlyList<ITeacher> teachers)
{
    private const int CropSide = 112;
    private const int Surroundings = 16;
    private const int Side = CropSide + (2 * Surroundings);
    private const int Chunk = 256;

    // FER2013's 48×48 pictures show a face and little else, found or not.
    private const int SmallSide = 64;

    private readonly ImageDecoder _decoder = new(maxPixels: 50_000_000);
    private readonly Vector2[] _template = LandmarkTemplate.Of(new(CropGeometry.FivePoint, CropSide, CropSide));

    public void Run(string folder, IReadOnlyList<string> sources)
    {
        Directory.CreateDirectory(folder);
        using var crops = File.Create(Path.Combine(folder, "crops.u8"));
        var answers = teachers.Select(teacher => File.Create(Path.Combine(folder, $"{teacher.Name}.f32"))).ToList();
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
                    for (int teacher = 0; teacher < answers.Count; teacher++)
                    {
                        answers[teacher].Write(MemoryMarshal.AsBytes<float>(face.Answers[teacher]));
                    }

                    index.WriteLine($"{name},{chunk[i].Name}");
                    faces++;
                }

                pictures += chunk.Length;
                Console.WriteLine($"{name}: {faces} faces in {pictures} pictures");
            }
        }

        answers.ForEach(static stream => stream.Dispose());
    }

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
            return Find(image) ?? (Math.Max(image.Width, image.Height) <= SmallSide ? TakeWhole(image) : null);
        }
    }

    private Face? Find(PixelBuffer image)
    {
        var face = detector.Detect(image, CancellationToken.None).MaxBy(static face => face.Box.Area);
        if (face is null || SimilarityTransform.Fit([.. face.Landmarks], _template) is not { } matrix)
        {
            return null;
        }

        // The shift is a whole number of pixels, so the middle is the product's crop but for the rounding of positions to 1/32 pixel.
        var wider = matrix with { M13 = matrix.M13 + Surroundings, M23 = matrix.M23 + Surroundings };
        using var surroundings = AffineWarp.Warp(image, wider, Side, Side, Interpolation.Bilinear);
        using var crop = AffineWarp.Warp(image, matrix, CropSide, CropSide, Interpolation.Bilinear);
        return new(surroundings.Pixels.ToArray(), [.. teachers.Select(teacher => teacher.Tell(image, face, crop))]);
    }

    /// <summary>The picture as the crop with its surroundings: what the product takes when it finds no face and none is required.</summary>
    private Face TakeWhole(PixelBuffer image)
    {
        var whole = new DetectedFace(new(0, 0, image.Width, image.Height), [], Confidence: 0);
        using var surroundings = Resizer.Resize(image, Side, Side, Interpolation.Bilinear);
        using var crop = Resizer.Resize(image, CropSide, CropSide, Interpolation.Bilinear);
        return new(surroundings.Pixels.ToArray(), [.. teachers.Select(teacher => teacher.Tell(image, whole, crop))]);
    }

    private sealed record Face(byte[] Pixels, float[][] Answers);
}
