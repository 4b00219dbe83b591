using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Numerics;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Extraction;

/// <summary>Faces with their crops as bytes: nothing is encoded and nothing copied but into and out of the socket.</summary>
/// <remarks>Little endian. Head: <c>FAF2</c>, number of faces. Each face: x, y, width, height, left eye x and y, right eye x and y (<see cref="NoPoint"/> where
/// there is none), confidence as a double, number of landmarks, then x and y of five as floats, 0 for those that there are not. Each of its crops, as many as were asked for: width, height, then 3 × width × height bytes R G B.</remarks>
internal static class FaceStream
{
    public const string ContentType = "application/vnd.faceaspire.faces";

    private const int HeadSize = 8;
    private const int Landmarks = (8 * sizeof(int)) + sizeof(double); // where they begin
    private const int FaceSize = Landmarks + sizeof(int) + (ExtractedFace.FivePoints * 2 * sizeof(float));
    private const int CropSize = 2 * sizeof(int);
    private const int NoPoint = int.MinValue;
    private const int MaxSide = 1_000_000; // no picture has more; three bytes a pixel stay within a long

    private static ReadOnlySpan<byte> Magic => "FAF2"u8;

    /// <summary>Bytes that <see cref="WriteAsync"/> writes.</summary>
    public static long LengthOf(ExtractedFaces faces) =>
        HeadSize + faces.Sum(static face => FaceSize + face.Crops.Sum(static crop => CropSize + (long)crop.Memory.Length));

    public static async Task WriteAsync(PipeWriter writer, ExtractedFaces faces, CancellationToken cancellationToken)
    {
        Magic.CopyTo(writer.GetSpan(HeadSize));
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(HeadSize)[Magic.Length..], faces.Count);
        writer.Advance(HeadSize);
        foreach (var face in faces)
        {
            WriteFace(writer.GetSpan(FaceSize), face);
            writer.Advance(FaceSize);
            foreach (var crop in face.Crops)
            {
                var size = writer.GetSpan(CropSize);
                BinaryPrimitives.WriteInt32LittleEndian(size, crop.Width);
                BinaryPrimitives.WriteInt32LittleEndian(size[sizeof(int)..], crop.Height);
                writer.Advance(CropSize);
                await writer.WriteAsync(crop.Memory, cancellationToken); // waits when the reader is slow
            }
        }

        await writer.FlushAsync(cancellationToken);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote, the pixels straight into the crops.</summary>
    /// <param name="stream">Read to the end of the last face.</param>
    /// <param name="length">How many bytes are announced: nothing is taken for more.</param>
    /// <param name="options">What was asked for; the answer must fit it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidDataException">These are not faces of this version, or not those that were asked for.</exception>
    /// <exception cref="EndOfStreamException">The stream ends too early.</exception>
    public static async Task<ExtractedFaces> ReadAsync(Stream stream, long length, ExtractionOptions options, CancellationToken cancellationToken)
    {
        var faces = new ExtractedFaces();
        byte[] rented = ArrayPool<byte>.Shared.Rent(FaceSize);
        try
        {
            var budget = new Budget(length);
            int count = await ReadHeadAsync(stream, rented, budget, options, cancellationToken);
            for (int i = 0; i < count; i++)
            {
                faces.Add(await ReadFaceAsync(stream, rented, budget, options, cancellationToken));
            }

            return budget.Left == 0 ? faces : throw new InvalidDataException($"{budget.Left} bytes follow the last face.");
        }
        catch
        {
            faces.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void WriteFace(Span<byte> span, ExtractedFace face)
    {
        var area = face.Area;
        ReadOnlySpan<int> numbers =
        [
            area.X ?? 0, area.Y ?? 0, area.W ?? 0, area.H ?? 0,
            area.LeftEye?[0] ?? NoPoint, area.LeftEye?[1] ?? NoPoint,
            area.RightEye?[0] ?? NoPoint, area.RightEye?[1] ?? NoPoint,
        ];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span[(i * sizeof(int))..], numbers[i]);
        }

        BinaryPrimitives.WriteDoubleLittleEndian(span[(numbers.Length * sizeof(int))..], face.Confidence);
        BinaryPrimitives.WriteInt32LittleEndian(span[Landmarks..], face.Landmarks.Count);
        var points = span[(Landmarks + sizeof(int))..FaceSize];
        points.Clear();
        foreach (var point in face.Landmarks)
        {
            BinaryPrimitives.WriteSingleLittleEndian(points, point.X);
            BinaryPrimitives.WriteSingleLittleEndian(points[sizeof(float)..], point.Y);
            points = points[(2 * sizeof(float))..];
        }
    }

    private static async Task<int> ReadHeadAsync(Stream stream, byte[] buffer, Budget budget, ExtractionOptions options, CancellationToken cancellationToken)
    {
        budget.Take(HeadSize);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, HeadSize), cancellationToken);
        if (!buffer.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("This is no list of faces of this version.");
        }

        int count = Int(buffer, 1);
        return count >= 0 && count <= (options.MaxFaces ?? int.MaxValue) ? count : throw new InvalidDataException($"{count} faces were not asked for.");
    }

    private static async Task<ExtractedFace> ReadFaceAsync(Stream stream, byte[] buffer, Budget budget, ExtractionOptions options, CancellationToken cancellationToken)
    {
        budget.Take(FaceSize);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, FaceSize), cancellationToken);
        var area = new FacialArea(Int(buffer, 0), Int(buffer, 1), Int(buffer, 2), Int(buffer, 3), Point(buffer, 4), Point(buffer, 6));
        double confidence = BinaryPrimitives.ReadDoubleLittleEndian(buffer.AsSpan(8 * sizeof(int)));
        if (!double.IsFinite(confidence))
        {
            throw new InvalidDataException("A face comes with a confidence that is no number.");
        }

        var landmarks = LandmarksOf(buffer.AsSpan(Landmarks));

        List<PixelBuffer> crops = new(options.Crops.Count);
        try
        {
            foreach (var recipe in options.Crops)
            {
                crops.Add(await ReadCropAsync(stream, buffer, budget, recipe, cancellationToken));
            }

            return new(area, confidence, crops) { Landmarks = landmarks };
        }
        catch
        {
            crops.ForEach(static crop => crop.Dispose());
            throw;
        }
    }

    private static async Task<PixelBuffer> ReadCropAsync(Stream stream, byte[] buffer, Budget budget, CropRecipe recipe, CancellationToken cancellationToken)
    {
        budget.Take(CropSize);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, CropSize), cancellationToken);
        int width = Int(buffer, 0);
        int height = Int(buffer, 1);
        bool isNatural = recipe.Width == 0;
        if (width < 1 || height < 1 || width > MaxSide || height > MaxSide || (!isNatural && (width != recipe.Width || height != recipe.Height)))
        {
            throw new InvalidDataException($"A crop of {width}×{height} pixels was not asked for.");
        }

        budget.Take((long)PixelBuffer.Channels * width * height); // before memory is taken for it
        var crop = new PixelBuffer(width, height);
        try
        {
            await stream.ReadExactlyAsync(crop.Memory, cancellationToken);
            return crop;
        }
        catch
        {
            crop.Dispose();
            throw;
        }
    }

    private static Vector2[] LandmarksOf(ReadOnlySpan<byte> span)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(span);
        if (count is < 0 or > ExtractedFace.FivePoints)
        {
            throw new InvalidDataException($"A face comes with {count} landmarks.");
        }

        var landmarks = new Vector2[count];
        for (int i = 0; i < count; i++)
        {
            var point = span[(sizeof(int) + (i * 2 * sizeof(float)))..];
            landmarks[i] = new(BinaryPrimitives.ReadSingleLittleEndian(point), BinaryPrimitives.ReadSingleLittleEndian(point[sizeof(float)..]));
            if (!float.IsFinite(landmarks[i].X) || !float.IsFinite(landmarks[i].Y))
            {
                throw new InvalidDataException("A face comes with a landmark that is no point.");
            }
        }

        return landmarks;
    }

    private static int Int(byte[] buffer, int index) => BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(index * sizeof(int)));

    private static int[]? Point(byte[] buffer, int index) => Int(buffer, index) == NoPoint ? null : [Int(buffer, index), Int(buffer, index + 1)];

    /// <summary>What is left of the announced bytes.</summary>
    private sealed class Budget(long length)
    {
        public long Left { get; private set; } = length;

        public void Take(long bytes)
        {
            if (bytes > Left)
            {
                throw new InvalidDataException("The faces need more bytes than were announced.");
            }

            Left -= bytes;
        }
    }
}
