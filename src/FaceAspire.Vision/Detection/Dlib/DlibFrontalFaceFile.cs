using System.Buffers.Text;
using System.Text;

namespace FaceAspire.Vision.Detection.Dlib;

/// <summary>The weights of dlib's frontal face detector as dlib ships them: C++ text, <c>dlib/image_processing/frontal_face_detector.h</c>, with the
/// compressed detector as base64 in string literals.</summary>
public static class DlibFrontalFaceFile
{
    // The header has 219,037 bytes, what it holds 155,005.
    private const int MaxTextLength = 4 << 20;
    private const int MaxLength = 4 << 20;
    private const string Statement = "sout << \"";

    private const int Filters = DlibFrontalFaceWeights.Count;
    private const int Cells = 10;
    private const int Planes = 31;
    private const int Dimensions = Cells * Cells * Planes;

    /// <summary>Reads the header.</summary>
    /// <param name="path">Where it lies.</param>
    /// <exception cref="InvalidDataException">It is another file, or damaged.</exception>
    public static DlibFrontalFaceWeights Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxTextLength)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} is no frontal_face_detector.h: it is too large.");
        }

        using StreamReader reader = new(stream, Encoding.ASCII);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads the header's text.</summary>
    /// <exception cref="InvalidDataException">It is another text, or damaged.</exception>
    public static DlibFrontalFaceWeights Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Deserialize(DlibCompressedStream.Expand(Decode(text), MaxLength));
    }

    /// <summary>The bytes in the string literals.</summary>
    private static byte[] Decode(string text)
    {
        StringBuilder encoded = new(text.Length);
        for (int start = text.IndexOf(Statement, StringComparison.Ordinal); start >= 0; start = text.IndexOf(Statement, start, StringComparison.Ordinal))
        {
            start += Statement.Length;
            int end = text.IndexOf('"', start);
            if (end < 0)
            {
                break;
            }

            encoded.Append(text, start, end - start);
            start = end;
        }

        string base64 = encoded.ToString();
        return base64.Length > 0 && Base64.IsValid(base64)
            ? Convert.FromBase64String(base64)
            : throw new InvalidDataException("This is no frontal_face_detector.h: there is no base64 text in it.");
    }

    private static DlibFrontalFaceWeights Deserialize(ReadOnlySpan<byte> bytes)
    {
        DlibSerialReader reader = new(bytes);
        reader.Expect(2, "The detector's version");
        reader.Expect(1, "The scanner's version");
        reader.Expect(0, "The capacity for pictures");
        reader.Expect(0, "The number of pictures");
        reader.Expect(8, "The cell size");
        reader.Expect(0, "The padding");
        reader.Expect(80, "The window's width");
        reader.Expect(80, "The window's height");
        reader.Expect(1_000, "The number of levels");
        reader.Expect(64, "The least width of a level");
        reader.Expect(64, "The least height of a level");
        _ = reader.ReadDouble(); // what it was trained with
        reader.Expect(Dimensions, "The number of dimensions");
        double ofUnion = reader.ReadDouble();
        double ofEither = reader.ReadDouble();
        reader.Expect(Filters, "The number of filters");
        float[] weights = new float[Filters * Cells * Cells * FhogFeatures.Stride];
        double[] thresholds = new double[Filters];
        for (int filter = 0; filter < Filters; filter++)
        {
            reader.Expect(-(Dimensions + 1), "The length of a filter");
            reader.Expect(-1, "The width of a filter");
            var destination = weights.AsSpan(filter * Cells * Cells * FhogFeatures.Stride);
            for (int plane = 0; plane < Planes; plane++)
            {
                for (int cell = 0; cell < Cells * Cells; cell++)
                {
                    destination[(cell * FhogFeatures.Stride) + plane] = (float)reader.ReadDouble();
                }
            }

            thresholds[filter] = reader.ReadDouble();
        }

        return reader.IsAtEnd
            ? new(weights, thresholds, ofUnion, ofEither)
            : throw new InvalidDataException("There is something behind the last filter.");
    }
}
