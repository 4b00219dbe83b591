using FaceAspire.Cli.Evaluation.Attributes;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Tests.Evaluation.Attributes;

public sealed class LabelledFaceTests : IDisposable
{
    private readonly FileInfo _file = new(Path.GetTempFileName());

    public void Dispose() => _file.Delete();

    [Fact]
    public void Read_AnyCaseAndEmptyFields_GivesWhatIsKnown()
    {
        File.WriteAllText(_file.FullName, "Race,file,age,age_min,age_max,gender\nLatino Hispanic,a.jpg,31.5,30,39,woman\n,b.jpg,,70,110,\n,c.jpg,,,,MAN\n");

        var faces = LabelledFace.Read(_file);

        faces.Select(static face => (face.File, face.Age)).ShouldBe([("a.jpg", new AgeLabel(31.5f, 31.5f)), ("b.jpg", new AgeLabel(70, 110)), ("c.jpg", null)]);
        faces[0].Classes.ShouldBe(new Dictionary<AttributeAction, string> { [AttributeAction.Gender] = "Woman", [AttributeAction.Race] = "latino hispanic" }, ignoreOrder: true);
        faces[1].Classes.ShouldBeEmpty();
        faces[2].Classes.ShouldHaveSingleItem().ShouldBe(new(AttributeAction.Gender, "Man"));
    }

    [Theory]
    [InlineData("file\na.jpg\n", "no label in a column age")]
    [InlineData("file,emotion\na.jpg,\n", "no label in a column age")]
    [InlineData("age\n1\n", "no column file")]
    [InlineData("file,age_min\na.jpg,1\n", "only one of the columns age_min and age_max")]
    [InlineData("file,gender\na.jpg,Man\nb.jpg,boy\n", "line 3 has the gender 'boy', which is none of Woman, Man")]
    [InlineData("file,race\na.jpg,other\n", "line 2 has the race 'other'")]
    [InlineData("file,age\na.jpg,young\n", "line 2 has 'young' where a number belongs")]
    [InlineData("file,age\na.jpg,NaN\n", "line 2 has 'NaN' where a number belongs")]
    [InlineData("file,age\na.jpg,-1\n", "line 2 has an age that is none")]
    [InlineData("file,age\na.jpg,1984\n", "line 2 has an age that is none")]
    [InlineData("file,age_min,age_max\na.jpg,30,20\n", "line 2 has an age that is none")]
    [InlineData("file,age_min,age_max\na.jpg,30,\n", "line 2 has only one of age_min and age_max")]
    [InlineData("file,age\na.jpg,1\na.jpg,2\n", "line 3 names a.jpg again")]
    [InlineData("file,age\n,1\n", "line 2 names no picture")]
    [InlineData("file,age\na.jpg\n", "line 2 has 1 fields where the header has 2")]
    public void Read_OtherForms_AreToldByLine(string text, string expected)
    {
        File.WriteAllText(_file.FullName, text);

        Should.Throw<CommandException>(() => LabelledFace.Read(_file)).Message.ShouldContain(expected);
    }
}
