namespace FaceAspire.ServiceDefaults.Tests.Hosting;

public sealed class EnvironmentFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void ReadEnvironmentFile_UsualForms_AreRead()
    {
        File.WriteAllText(_path, "# comment\nPORT=8080\nexport HOST=127.0.0.1\nNAME=\"two words\"\nSINGLE='a#b'\nEMPTY=\n\nTRAILING=x # comment\n");

        ServiceHost.ReadEnvironmentFile(_path, out string? error).ShouldBe(
            new Dictionary<string, string?>
            {
                ["PORT"] = "8080",
                ["HOST"] = "127.0.0.1",
                ["NAME"] = "two words",
                ["SINGLE"] = "a#b",
                ["EMPTY"] = "",
                ["TRAILING"] = "x",
            }, ignoreOrder: true);
        error.ShouldBeNull();
    }

    [Fact]
    public void ReadEnvironmentFile_NoFile_IsEmpty() => ServiceHost.ReadEnvironmentFile(_path + ".absent", out _).ShouldBeEmpty();

    [Fact]
    public void ReadEnvironmentFile_BrokenLine_IsToldByNumberWithoutWhatStandsInIt()
    {
        File.WriteAllText(_path, "API_KEYS=secret\nthis is no assignment\n");

        ServiceHost.ReadEnvironmentFile(_path, out string? error);

        error.ShouldBe(".env: line 2 is not of the form NAME=value");
    }

    [Fact]
    public void ReadEnvironmentFile_DoesNotTouchTheProcess()
    {
        File.WriteAllText(_path, "FACEASPIRE_TEST_VARIABLE=1");

        ServiceHost.ReadEnvironmentFile(_path, out _).ShouldContainKey("FACEASPIRE_TEST_VARIABLE");

        Environment.GetEnvironmentVariable("FACEASPIRE_TEST_VARIABLE").ShouldBeNull();
    }
}
