using FaceAspire.Cli.Evaluation.Pairs;

namespace FaceAspire.Cli.Tests.Evaluation.Pairs;

public sealed class LabelledPairTests : IDisposable
{
    private readonly FileInfo _file = new(Path.GetTempFileName());

    public void Dispose() => _file.Delete();

    [Fact]
    public void Read_ColumnsInAnotherOrder_AreFoundByName()
    {
        File.WriteAllText(_file.FullName, "set,Same,file2,file1\r\na,1,\"b, c.jpg\",a.jpg\nb,False,d.jpg,e.jpg\n");

        LabelledPair.Read(_file).ShouldBe([new("a.jpg", "b, c.jpg", Same: true), new("e.jpg", "d.jpg", Same: false)]);
    }

    [Theory]
    [InlineData("file1,file2\na,b\n", "no column same")]
    [InlineData("", "no column file1")]
    [InlineData("file1,file2,same\n", "no pairs")]
    [InlineData("file1,file2,same\na,b,1\na,b\n", "line 3")]
    [InlineData("file1,file2,same\na,b,maybe\n", "line 2")]
    [InlineData("file1,file2,same\n\"a,b,1\n", "line 2")]
    public void Read_OtherForms_AreToldByLine(string text, string expected)
    {
        File.WriteAllText(_file.FullName, text);

        Should.Throw<CommandException>(() => LabelledPair.Read(_file)).Message.ShouldContain(expected);
    }
}
