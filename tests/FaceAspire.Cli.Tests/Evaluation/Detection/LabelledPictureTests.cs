using FaceAspire.Cli.Evaluation.Detection;
using FaceAspire.Vision.Detection;

namespace FaceAspire.Cli.Tests.Evaluation.Detection;

public sealed class LabelledPictureTests : IDisposable
{
    private readonly FileInfo _file = new(Path.GetTempFileName());

    public void Dispose() => _file.Delete();

    [Fact]
    public void Read_LinesOfOnePicture_AreItsFaces()
    {
        File.WriteAllText(_file.FullName, "file,x,y,w,h,split\nb.jpg,-1.5,2,30,40,dev\na.jpg,,,,,dev\nb.jpg,100,2,3.5,4,dev\n");

        var pictures = LabelledPicture.Read(_file);

        pictures.Select(static picture => picture.File).ShouldBe(["b.jpg", "a.jpg"]);
        pictures[0].Faces.Select(static face => face.Box).ShouldBe([new FaceBox(-1.5f, 2, 30, 40), new FaceBox(100, 2, 3.5f, 4)]);
        pictures[0].Faces.ShouldAllBe(static face => face.Landmarks.Count == 0);
        pictures[1].Faces.ShouldBeEmpty();
    }

    [Fact]
    public void Read_Landmarks_AreFivePointsInTheirOrder()
    {
        File.WriteAllText(_file.FullName, $"file,x,y,w,h,{string.Join(',', LabelledPicture.LandmarkColumns)}\na.jpg,1,2,30,40,1,2,3,4,5,6,7,8,9,-0.5\nb.jpg,1,2,30,40,,,,,,,,,,\n");

        var pictures = LabelledPicture.Read(_file);

        pictures[0].Faces.Single().Landmarks.ShouldBe([new(1, 2), new(3, 4), new(5, 6), new(7, 8), new(9, -0.5f)]);
        pictures[1].Faces.Single().Landmarks.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file,x,y,w\na.jpg,1,2,3\n", "no column h")]
    [InlineData("file,x,y,w,h\na.jpg,1,2,3,\n", "line 2 has no box")]
    [InlineData("file,x,y,w,h\na.jpg,1,2,3,4\na.jpg,1,2,0,4\n", "line 3 has no box")]
    [InlineData("file,x,y,w,h\na.jpg,1,2,wide,4\n", "line 2 has 'wide' where a number belongs")]
    [InlineData("file,x,y,w,h\na.jpg,1,2,3,4\na.jpg,,,,\n", "line 3 names a.jpg again")]
    [InlineData("file,x,y,w,h\na.jpg,,,,\na.jpg,1,2,3,4\n", "line 3 names a.jpg again")]
    [InlineData("file,x,y,w,h\n,1,2,3,4\n", "line 2 names no picture")]
    [InlineData("file,x,y,w,h\na.jpg,,,,\n", "no faces")]
    [InlineData("file,x,y,w,h,nose_x\na.jpg,1,2,3,4,5\n", "no column reye_x")]
    [InlineData("file,x,y,w,h,reye_x,reye_y,leye_x,leye_y,nose_x,nose_y,rmouth_x,rmouth_y,lmouth_x,lmouth_y\na.jpg,1,2,3,4,1,2,3,4,5,6,7,8,9,\n", "line 2 has no five landmarks")]
    [InlineData("file,x,y,w,h,reye_x,reye_y,leye_x,leye_y,nose_x,nose_y,rmouth_x,rmouth_y,lmouth_x,lmouth_y\na.jpg,1,2,3,4,1,2,1,2,5,6,7,8,9,9\n", "the eyes apart")]
    public void Read_OtherForms_AreToldByLine(string text, string expected)
    {
        File.WriteAllText(_file.FullName, text);

        Should.Throw<CommandException>(() => LabelledPicture.Read(_file)).Message.ShouldContain(expected);
    }
}
