using System.Text.Json;

namespace FaceAspire.Testing;

/// <summary>Real weights, photos and reference outputs that are not in the repository. The one place that knows where they are:
/// <c>FACEASPIRE_SHARED</c>, else <c>../shared</c> from the repository's root. A test that needs them skips, with the reason, where they are absent.</summary>
public static class SharedMaterial
{
    /// <summary>Start of the reason of every skip for absent material; CI looks for it.</summary>
    public const string SkipReason = "shared test material absent";

    private const string DlibHeader = "/usr/include/dlib/image_processing/frontal_face_detector.h";

    /// <summary>Root of the repository: the folder that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Folder of the material, whether or not it exists.</summary>
    public static string Root { get; } = Path.GetFullPath(
        Environment.GetEnvironmentVariable("FACEASPIRE_SHARED") is { Length: > 0 } configured
            ? configured
            : Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>Whether the material is here.</summary>
    public static bool IsPresent => Directory.Exists(Path.Combine(Root, "models"));

    /// <summary>Skips the running test where the material is absent.</summary>
    public static void Require()
    {
        if (!IsPresent)
        {
            Assert.Skip($"{SkipReason}: no folder {Root}; set FACEASPIRE_SHARED to run this test");
        }
    }

    /// <summary>A file of the material, such as <c>("images", "img1.jpg")</c>; skips the running test where the material is absent.</summary>
    public static string File(params ReadOnlySpan<string> parts)
    {
        Require();
        return Path.Combine([Root, .. parts]);
    }

    /// <summary>A model's weights: those in the repository, else those of the material; skips the running test where they are absent.</summary>
    public static string Weights(string file) => Path.Combine(RepositoryRoot, "models", file) is var embedded && System.IO.File.Exists(embedded)
        ? embedded
        : file == Path.GetFileName(DlibHeader) ? FrontalFaceDetector() : UpstreamWeights(file);

    /// <summary>Whether a model's weights can be had, for tests of many models that leave out what is absent.</summary>
    public static bool HasWeights(string file) => file == Path.GetFileName(DlibHeader)
        ? System.IO.File.Exists(Path.Combine(Root, "models", file)) || System.IO.File.Exists(DlibHeader)
        : System.IO.File.Exists(Path.Combine(RepositoryRoot, "models", file)) || System.IO.File.Exists(MaterialPath(file));

    /// <summary>Weights of the material; skips the running test where the material lacks them, because their authors' file could not be had.</summary>
    private static string UpstreamWeights(string file)
    {
        Require();
        if (!System.IO.File.Exists(MaterialPath(file)))
        {
            Assert.Skip($"the test material has no {file}: where its authors publish it could not be reached");
        }

        return MaterialPath(file);
    }

    private static string MaterialPath(string file) => file.StartsWith("haarcascade_", StringComparison.Ordinal)
        ? Path.Combine(Root, "models", "haarcascades", file)
        : Path.Combine(Root, "models", file);

    /// <summary>The header with the weights of dlib's frontal face detector: that of the material, else that of the Debian package; skips the running test where it is absent.</summary>
    private static string FrontalFaceDetector()
    {
        string material = Path.Combine(Root, "models", Path.GetFileName(DlibHeader));
        if (System.IO.File.Exists(material))
        {
            return material;
        }

        if (!System.IO.File.Exists(DlibHeader))
        {
            Assert.Skip($"no {DlibHeader}; the Debian package libdlib-dev brings it");
        }

        return DlibHeader;
    }

    /// <summary>A photo of <c>images/</c>.</summary>
    public static string Photo(string name) => File("images", name);

    /// <summary>A reference output of <c>golden/</c>, parsed.</summary>
    public static JsonDocument Golden(string name)
    {
        using var stream = System.IO.File.OpenRead(File("golden", name));
        return JsonDocument.Parse(stream);
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "FaceAspire.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No FaceAspire.sln above {AppContext.BaseDirectory}.");
    }
}
