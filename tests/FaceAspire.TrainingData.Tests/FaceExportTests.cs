using System.Runtime.InteropServices;
using FaceAspire.Contracts.Models;
using FaceAspire.Testing;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;

namespace FaceAspire.TrainingData.Tests;

public sealed class FaceExportTests : IDisposable
{
    private const int Side = 144;
    private const int Margin = 16;
    private const int CropSide = 112;

    private readonly string _folder = Directory.CreateTempSubdirectory("faceaspire-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_Photos_MiddleOfTheirCropsIsWhatTheProductCuts()
    {
        // img11 leans, img1 is large, couple holds two faces.
        string[] photos = ["couple.jpg", "img1.jpg", "img11.jpg"];
        string source = Directory.CreateDirectory(Path.Combine(_folder, "photos")).FullName;
        foreach (string photo in photos)
        {
            File.Copy(SharedMaterial.Photo(photo), Path.Combine(source, photo));
        }

        using var networks = new TeacherNetworks(SharedMaterial.File("models"));
        new FaceExport(networks.Detector, networks.Recognition()).Run(_folder, [source]);

        File.ReadAllLines(Path.Combine(_folder, "index.csv")).ShouldBe(["source,file", .. photos.Select(static photo => $"photos,{photo}")]);
        byte[] crops = File.ReadAllBytes(Path.Combine(_folder, "crops.u8"));
        for (int i = 0; i < photos.Length; i++)
        {
            // Positions are rounded to 1/32 pixel, which on an edge of 64 levels is two.
            MiddleOf(crops, i).Zip(CutByTheProduct(networks, photos[i]), static (exported, cut) => Math.Abs(exported - cut)).Count(static difference => difference > 2)
                .ShouldBeLessThan(CropSide * CropSide * PixelBuffer.Channels / 500, photos[i]);

            // With the surroundings: bilinear twice is softer than once, but shows the same. A margin of 2 % more is 9 levels away.
            WholeOf(crops, i).Zip(CutByTheProduct(networks, photos[i], margin: (float)Side / CropSide), static (exported, cut) => Math.Abs(exported - cut))
                .Average().ShouldBeLessThan(6.5, photos[i]);
        }

        var embeddings = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(_folder, "mobilefacenet_512.f32")));
        embeddings.Length.ShouldBe(photos.Length * 512);
    }

    [Fact]
    public void Run_SmallPictureWithoutFace_IsTakenWhole()
    {
        string source = Directory.CreateDirectory(Path.Combine(_folder, "small")).FullName;
        using (var gray = new PixelBuffer(48, 48))
        {
            gray.Pixels.Fill(200);
            File.WriteAllBytes(Path.Combine(source, "gray.png"), PngEncoder.Encode(gray));
        }

        using var networks = new TeacherNetworks(SharedMaterial.File("models"));
        new FaceExport(networks.Detector, []).Run(_folder, [source]);

        File.ReadAllLines(Path.Combine(_folder, "index.csv")).ShouldBe(["source,file", "small,gray.png"]);
        byte[] crop = File.ReadAllBytes(Path.Combine(_folder, "crops.u8"));
        crop.Length.ShouldBe(Side * Side * PixelBuffer.Channels);
        crop.ShouldAllBe(static value => value == 200);
    }

    private static byte[] MiddleOf(byte[] crops, int row)
    {
        List<byte> middle = [];
        for (int y = 0; y < CropSide; y++)
        {
            int start = ((((row * Side) + Margin + y) * Side) + Margin) * PixelBuffer.Channels;
            middle.AddRange(crops.AsSpan(start, CropSide * PixelBuffer.Channels));
        }

        return [.. middle];
    }

    /// <summary>All of a stored crop at the product's size, as training looks at it.</summary>
    private static byte[] WholeOf(byte[] crops, int row)
    {
        using var stored = new PixelBuffer(Side, Side);
        crops.AsSpan(row * Side * Side * PixelBuffer.Channels, Side * Side * PixelBuffer.Channels).CopyTo(stored.Pixels);
        using var whole = Resizer.Resize(stored, CropSide, CropSide, Interpolation.Bilinear);
        return whole.Pixels.ToArray();
    }

    private static byte[] CutByTheProduct(TeacherNetworks networks, string photo, float margin = 1)
    {
        var decoder = new ImageDecoder(maxPixels: 50_000_000);
        using var gate = new ComputeGate(maxConcurrency: 0);
        using var image = decoder.Decode(File.ReadAllBytes(SharedMaterial.Photo(photo)), TestContext.Current.CancellationToken);
        using var faces = new FaceExtractor(_ => networks.Detector, TeacherNetworks.DetectorName, decoder, gate)
            .Extract(image, new(TeacherNetworks.DetectorName, [new(CropGeometry.FivePoint, CropSide, CropSide, margin)]) { MaxFaces = 1 }, TestContext.Current.CancellationToken);
        return faces[0].Crops[0].Pixels.ToArray();
    }
}
