using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Vision.Detection.Cascades;

namespace FaceAspire.Vision.Tests.Detection.Cascades;

public sealed class HaarCascadeReaderTests
{
    private const string Small = """
        <?xml version="1.0"?>
        <opencv_storage><cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType><featureType>HAAR</featureType><height>20</height><width>24</width>
        <stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>-1.5</stageThreshold><weakClassifiers>
        <_><internalNodes> 0 -1 0 1.25e-01</internalNodes><leafValues> -0.5 0.75</leafValues></_></weakClassifiers></_></stages>
        <features><_><rects><_> 1 2 12 9 -1.</_><_> 1 5 12 3 3.</_></rects></_></features></cascade></opencv_storage>
        """;

    [Fact]
    public void Read_OneStump_HasItsNumbers()
    {
        var cascade = Read(Small);

        (cascade.Width, cascade.Height, cascade.HasTilted).ShouldBe((24, 20, false));
        cascade.Stages.ShouldBe([new(0, 1, -1.5f - 1e-5f)]);
        cascade.Stumps.ShouldBe([new(new(1, 2, 12, 9, -1), new(1, 5, 12, 3, 3), default, false, 0.125f, -0.5f, 0.75f)]);
    }

    [Theory]
    [InlineData("BOOST", "TREES", "boosted")]
    [InlineData("HAAR", "LBP", "Haar")]
    [InlineData("<cascade", "<other", "broken")]
    [InlineData("<width>24<", "<width>1000000<", "window")]
    [InlineData("<width>24<", "<width>99999999999<", "broken")]
    [InlineData("<width>24<", "<width>12<", "sticks out")]
    [InlineData(" 1 2 12 9 -1.", " 2000000000 2 2000000000 9 -1.", "negative")]
    [InlineData(" 1 2 12 9 -1.", " -1 2 12 9 -1.", "negative")]
    [InlineData(" 1 2 12 9 -1.", " 1 2 12 9", "five numbers")]
    [InlineData(" 1 2 12 9 -1.", " 1 2 12 9 NaN", "finite")]
    [InlineData("<_> 1 5 12 3 3.</_>", "", "two or three")]
    [InlineData(" 0 -1 0 1.25e-01", " 1 0 0 1.25e-01 0 -1 0 0.5", "trees")]
    [InlineData(" 0 -1 0 1.25e-01", " 0 -1 7 1.25e-01", "not there")]
    [InlineData("<stages>", "<stages/><was>", "broken")]
    [InlineData("<?xml version=\"1.0\"?>", "<!DOCTYPE x [<!ENTITY a \"b\">]>", "broken")]
    [InlineData("</rects></_>", "</rects><tilted>1</tilted></_>", "sticks out")]
    public void Read_SomethingElse_SaysWhatIsWrong(string part, string replacement, string problem) =>
        Should.Throw<InvalidDataException>(() => Read(Small.Replace(part, replacement, StringComparison.Ordinal))).Message.ShouldContain(problem);

    [Fact]
    public void Load_NoCascade_IsNamed()
    {
        string path = Path.GetTempFileName();
        try
        {
            Should.Throw<FaceAspireException>(() => HaarCascade.Load(path)).Message.ShouldContain(Path.GetFileName(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static HaarCascade Read(string xml) => HaarCascade.Read(new MemoryStream(Encoding.UTF8.GetBytes(xml)));
}
