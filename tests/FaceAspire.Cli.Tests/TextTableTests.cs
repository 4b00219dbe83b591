
namespace FaceAspire.Cli.Tests;

public sealed class TextTableTests
{
    [Fact]
    public void Write_CellsOfOtherWidths_StandUnderEachOther()
    {
        using var output = new StringWriter { NewLine = "\n" };

        TextTable.Write(output, [["who", "n"], ["a", "1000"], ["longer", "1"]]);

        output.ToString().ShouldBe("who        n\na       1000\nlonger     1\n");
    }
}
