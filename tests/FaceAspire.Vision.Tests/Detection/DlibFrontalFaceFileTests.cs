using FaceAspire.Testing;
using FaceAspire.Vision.Detection.Dlib;

namespace FaceAspire.Vision.Tests.Detection;

/// <summary>Reading dlib's header, and what is none.</summary>
public sealed class DlibFrontalFaceFileTests
{
    private const string Header = "frontal_face_detector.h";

    [Fact]
    public void Read_Header_GivesFiveFiltersAndWhatBelongsToThem()
    {
        var weights = DlibFrontalFaceFile.Read(SharedMaterial.Weights(Header));

        // Printed by a program over libdlib 19.24: the overlap tester's two numbers.
        weights.OfUnion.ShouldBe(0.330082, 1e-6);
        weights.OfEither.ShouldBe(0.788571, 1e-6);
        weights.Thresholds.Count.ShouldBe(DlibFrontalFaceWeights.Count);
        weights.Filters.Length.ShouldBe(5 * 10 * 10 * 32);
        for (int cell = 0; cell < weights.Filters.Length / 32; cell++)
        {
            weights.Filters.Span[(cell * 32) + 31].ShouldBe(0);
        }
    }

    [Fact]
    public void Parse_OneLetterChanged_IsRefused()
    {
        string text = File.ReadAllText(SharedMaterial.Weights(Header));
        int place = text.IndexOf("sout << \"", StringComparison.Ordinal) + 5_000;
        while (!char.IsAsciiLetter(text[place]) || text[place] == 'A')
        {
            place++;
        }

        Should.Throw<InvalidDataException>(() => DlibFrontalFaceFile.Parse($"{text[..place]}A{text[(place + 1)..]}"));
    }

    [Fact]
    public void Parse_EndCutOff_IsRefused()
    {
        string text = File.ReadAllText(SharedMaterial.Weights(Header));

        Should.Throw<InvalidDataException>(() => DlibFrontalFaceFile.Parse(text[..(text.Length / 2)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("int main() { return 0; }")]
    [InlineData("sout << \"")]
    [InlineData("sout << \"\";")]
    [InlineData("sout << \"AAA\";")]
    [InlineData("sout << \"AAAAAAAAAAAAAAAAAAAAAAAA\";")]
    [InlineData("sout << \"////////////////////////\";")]
    public void Parse_AnotherText_IsRefused(string text) => Should.Throw<InvalidDataException>(() => DlibFrontalFaceFile.Parse(text));

    [Fact]
    public void Expand_AnyBytes_EndsWithAnErrorOrBytesWithinTheLimit()
    {
        const int Limit = 20_000;
        var random = new Random(20_251_125);
        for (int i = 0; i < 50; i++)
        {
            byte[] input = new byte[random.Next(200)];
            random.NextBytes(input);
            try
            {
                DlibCompressedStream.Expand(input, Limit).Length.ShouldBeLessThanOrEqualTo(Limit);
            }
            catch (InvalidDataException)
            {
                // What it may say.
            }
        }
    }
}
