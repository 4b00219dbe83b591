using System.IO.Pipelines;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Extraction.Tests;

public sealed class FaceStreamTests
{
    private static readonly ExtractionOptions _options = new("any", [new(CropGeometry.FivePoint, 5, 3), new(CropGeometry.Square, 2, 2)]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public async Task Read_WhatWasWritten_IsTheSame(int count)
    {
        using var faces = Make(count);
        byte[] bytes = await WriteAsync(faces);
        bytes.Length.ShouldBe((int)FaceStream.LengthOf(faces));

        using var read = await FaceStream.ReadAsync(new MemoryStream(bytes), bytes.Length, _options, Token);

        read.Count.ShouldBe(count);
        for (int i = 0; i < count; i++)
        {
            (read[i].Area.X, read[i].Area.Y, read[i].Area.W, read[i].Area.H, read[i].Confidence).ShouldBe((-i, i, i + 1, i + 2, i / 7.0));
            read[i].Area.LeftEye.ShouldBe(faces[i].Area.LeftEye);
            read[i].Area.RightEye.ShouldBe(faces[i].Area.RightEye);
            read[i].Landmarks.ShouldBe(faces[i].Landmarks);
            for (int crop = 0; crop < 2; crop++)
            {
                read[i].Crops[crop].Pixels.SequenceEqual(faces[i].Crops[crop].Pixels).ShouldBeTrue($"face {i}, crop {crop}");
            }
        }
    }

    [Fact]
    public async Task Read_CutAnywhere_Throws()
    {
        using var faces = Make(2);
        byte[] bytes = await WriteAsync(faces);
        for (int length = 0; length < bytes.Length; length++)
        {
            await Should.ThrowAsync<EndOfStreamException>(() => FaceStream.ReadAsync(new MemoryStream(bytes, 0, length), bytes.Length, _options, Token), $"after {length} bytes");
            await Should.ThrowAsync<InvalidDataException>(() => FaceStream.ReadAsync(new MemoryStream(bytes), length, _options, Token), $"{length} announced");
        }
    }

    [Theory]
    [InlineData(6, 0f)]
    [InlineData(-1, 0f)]
    [InlineData(5, float.NaN)]
    public async Task Read_LandmarksThatAreNone_Throws(int count, float x)
    {
        using var faces = Make(1);
        byte[] bytes = await WriteAsync(faces);
        var landmarks = bytes.AsMemory(8 + 40); // head, and a face's numbers before them
        BitConverter.TryWriteBytes(landmarks.Span, count).ShouldBeTrue();
        BitConverter.TryWriteBytes(landmarks.Span[4..], x).ShouldBeTrue();

        await Should.ThrowAsync<InvalidDataException>(() => FaceStream.ReadAsync(new MemoryStream(bytes), bytes.Length, _options, Token));
    }

    [Fact]
    public async Task Read_CropsOfAnotherSize_Throws()
    {
        using var faces = Make(1);
        byte[] bytes = await WriteAsync(faces);

        await Should.ThrowAsync<InvalidDataException>(() => FaceStream.ReadAsync(
            new MemoryStream(bytes), bytes.Length, _options with { Crops = [new(CropGeometry.FivePoint, 3, 5), _options.Crops[1]] }, Token));
    }

    [Fact]
    public async Task Read_MoreFacesThanAskedFor_Throws()
    {
        using var faces = Make(2);
        byte[] bytes = await WriteAsync(faces);

        await Should.ThrowAsync<InvalidDataException>(() => FaceStream.ReadAsync(new MemoryStream(bytes), bytes.Length, _options with { MaxFaces = 1 }, Token));
    }

    [Fact]
    public void Read_AnyBytes_ThrowsOrReads() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
    {
        byte[] all = [.. "FAF2"u8, .. bytes];
        try
        {
            FaceStream.ReadAsync(new MemoryStream(all), all.Length, _options, CancellationToken.None).GetAwaiter().GetResult().Dispose();
            return all.Length == 8;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    private static async Task<byte[]> WriteAsync(ExtractedFaces faces)
    {
        var stream = new MemoryStream();
        await FaceStream.WriteAsync(PipeWriter.Create(stream), faces, Token);
        return stream.ToArray();
    }

    private static ExtractedFaces Make(int count)
    {
        var random = new Random(20_261_125);
        var faces = new ExtractedFaces();
        for (int i = 0; i < count; i++)
        {
            PixelBuffer[] crops = [new(5, 3), new(2, 2)];
            Array.ForEach(crops, crop => random.NextBytes(crop.Pixels));
            faces.Add(new(new FacialArea(-i, i, i + 1, i + 2, i % 2 == 0 ? [i, 0] : null, i % 3 == 0 ? [0, i] : null), i / 7.0, crops)
            {
                Landmarks = [.. Enumerable.Range(0, i % 6).Select(point => new System.Numerics.Vector2(point - 0.25f, i + 0.5f))],
            });
        }

        return faces;
    }
}
