using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FaceAspire.Contracts.Names;
using FaceAspire.Testing;

namespace FaceAspire.ModelHub.Tests;

/// <summary>The catalogue that ships, and what a broken one is answered with.</summary>
public sealed class ModelCatalogTests
{
    private static readonly string _path = Path.Combine(SharedMaterial.RepositoryRoot, "models", "catalog.json");

    [Fact]
    public void LoadDefault_IsTheRepositorysFile() =>
        ModelCatalog.LoadDefault().Entries.Select(static entry => entry.Sha256).ShouldBe(ModelCatalog.Load(_path).Entries.Select(static entry => entry.Sha256));

    [Fact]
    public void LoadDefault_HoldsWhatTheFirstVersionPromises()
    {
        var catalog = ModelCatalog.LoadDefault();

        catalog.Names.Models.Names.ShouldBe(["FaceLite", "mobileface_v2", "mobilefacenet", "mobilefacenet_512", "Dlib", "VGG-Face", "Facenet", "Facenet512", "OpenFace", "DeepFace", "DeepID", "ArcFace", "SFace", "GhostFaceNet", "Buffalo_L"]);
        catalog.Names.Detectors.Names.ShouldBe(["facelite", "yunet", "retinaface", "scrfd", "ssd", "mediapipe", "ultraface", "yolov8", "opencv", "mtcnn", "fastmtcnn", "mmod", "dlib", "yolov8n", "centerface", "retinaface_resnet50", "skip"]);
        Enum.GetValues<AttributeAction>().ShouldAllBe(action => catalog.AnswererOf(action) != null);
        catalog.Of(ModelTask.Liveness).Select(static entry => (entry.Name, entry.NativeCrop.Margin)).ShouldBe([("minifasnet_v2", 2.7f), ("minifasnet_v1se", 4f)]);
    }

    [Fact]
    public void Entries_OfRecognisers_HaveThresholdsForEveryMetricAndAlignment()
    {
        foreach (var entry in ModelCatalog.LoadDefault().Of(ModelTask.Recognition))
        {
            entry.Thresholds.Keys.ShouldBe([AlignmentMode.Native, AlignmentMode.DeepFace], ignoreOrder: true, entry.Name);
            entry.Thresholds.Values.ShouldAllBe(metrics => metrics.Count == Enum.GetValues<DistanceMetric>().Length);
            entry.NativeCrop.Width.ShouldBe(entry.Input.Width);
        }
    }

    public static TheoryData<string> Files => [.. ModelCatalog.LoadDefault().Entries.SelectMany(static entry => entry.Files).Where(static file => file.Sha256 is not null).Select(static file => file.Name).Distinct()];

    [Theory, MemberData(nameof(Files))]
    public void Entries_HashesAndSizes_AreThoseOfTheFiles(string name)
    {
        string path = SharedMaterial.Weights(name);
        if (!File.Exists(path))
        {
            Assert.Skip($"the weights of {name} can only be fetched");
        }

        byte[] weights = File.ReadAllBytes(path);

        foreach (var file in ModelCatalog.LoadDefault().Entries.SelectMany(static entry => entry.Files).Where(file => file.Name == name))
        {
            ((long?)weights.LongLength).ShouldBe(file.SizeBytes);
            Convert.ToHexStringLower(SHA256.HashData(weights)).ShouldBe(file.Sha256);
        }
    }

    [Fact]
    public void Load_Origin_IsReadWithTheNameAtTheEndOfItsUrl()
    {
        var catalog = JsonNode.Parse(File.ReadAllText(_path))!;
        var model = Model(catalog, "Dlib");
        model["sha256"] = null;
        model["size_bytes"] = null;
        model["commercial"] = "no";
        model["origin"] = JsonNode.Parse($$"""{"url":"https://example.org/a/weights.zip?raw=1","sha256":"{{new string('a', 64)}}","size_bytes":7,"architecture":"dlib-resnet","unpack":"zip"}""");

        var entry = Parse(catalog).Get(ModelTask.Recognition, "Dlib");

        entry.Sha256.ShouldBeNull();
        entry.Commercial.ShouldBe(CommercialUse.No);
        entry.Files[0].Origin.ShouldBe(
            new(new("https://example.org/a/weights.zip?raw=1"), "weights.zip") { Sha256 = new('a', 64), SizeBytes = 7, Architecture = "dlib-resnet", Unpack = Unpacking.Zip });
        entry.Files[0].KnownSha256.ShouldBeNull("the hash of an archive is not that of the weights");
    }

    [Fact]
    public void Parse_FileWithNeitherHashNorOrigin_IsAProblem() => ProblemsOf("Dlib", ("sha256", "null"), ("size_bytes", "null"), ("origin", "null")).Length.ShouldBe(2);

    [Fact]
    public void Get_NameInAnotherCase_IsTheModel() => ModelCatalog.LoadDefault().Get(ModelTask.Recognition, "DLIB").Name.ShouldBe("Dlib");

    [Fact]
    public void Get_UnknownName_ListsThoseThatExist() =>
        Should.Throw<ArgumentException>(() => ModelCatalog.LoadDefault().Get(ModelTask.Detection, "yolo")).Message.ShouldContain("yunet");

    [Fact]
    public void NativeCrop_OfADetector_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => ModelCatalog.LoadDefault().Get(ModelTask.Detection, "yunet").NativeCrop);

    [Fact]
    public void Parse_ByteOrderMark_IsPassedOver() =>
        ModelCatalog.Parse([0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(_path)]).Entries.Count.ShouldBeGreaterThan(0);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"models\":[]}")]
    [InlineData("{\"models\":7}")]
    [InlineData("{\"models\":[null]}")]
    [InlineData("{\"models\":[{}]")]
    public void Parse_NoCatalogue_IsInvalidData(string json) => Should.Throw<InvalidDataException>(() => ModelCatalog.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("name", "\"\"", "name must be a text")]
    [InlineData("task", "\"counting\"", "task must be one of: detection, recognition, attributes, liveness, quality")]
    [InlineData("file", "\"../dlib.onnx\"", "file must be a plain file name")]
    [InlineData("file", "\".hidden\"", "file must be a plain file name")]
    [InlineData("file", "null", "file must be a plain file name")]
    [InlineData("sha256", "\"ABC\"", "sha256 must be 64 lower-case hexadecimal digits")]
    [InlineData("size_bytes", "0", "size_bytes must be positive")]
    [InlineData("commercial", "\"perhaps\"", "commercial must be one of: yes, no, unclear")]
    [InlineData("origin", "{\"url\":\"ftp://example.org/a.onnx\"}", "origin.url must be an http or https address")]
    [InlineData("origin", "{\"url\":\"https://example.org/\"}", "origin.file must be a plain file name, which the url does not end with")]
    [InlineData("origin", "{\"url\":\"https://example.org/a.h5\",\"sha256\":\"A\"}", "origin.sha256 must be 64 lower-case hexadecimal digits")]
    [InlineData("origin", "{\"url\":\"https://example.org/a.h5\",\"size_bytes\":0}", "origin.size_bytes must be positive")]
    [InlineData("origin", "{\"url\":\"https://example.org/a.h5\",\"unpack\":\"rar\"}", "origin.unpack must be one of: zip, bz2")]
    [InlineData("origin", "{\"url\":\"https://example.org/a.h5\",\"architecture\":\"VGG\"}", "origin.architecture must be lower-case words with dashes")]
    [InlineData("origin", "{\"url\":\"https://example.org/a.h5\",\"sha512\":\"\"}", "origin.sha512 is not a member of a model")]
    [InlineData("size_bytes", "\"big\"", "size_bytes has the wrong JSON type or occurs twice")]
    [InlineData("input", "null", "input is missing")]
    [InlineData("input.scale", "0", "input.scale must be a number other than 0")]
    [InlineData("input.mean", "[0]", "input.mean must have one number per channel")]
    [InlineData("input.color", "\"cmyk\"", "input.color must be one of: rgb, bgr, gray")]
    [InlineData("input.width", "64", "crop must have the size of input")]
    [InlineData("input.height", "5000", "input must have a width and a height of 1 to 4096")]
    [InlineData("input.depth", "3", "input.depth is not a member of a model")]
    [InlineData("input.takes_bytes", "1", "input.takes_bytes has the wrong JSON type or occurs twice")]
    [InlineData("crop", "null", "crop is missing")]
    [InlineData("crop.geometry", "\"round\"", "crop.geometry must be one of: five-point, dlib, square, surroundings, box, eyes-and-nose, eyes")]
    [InlineData("crop.margin", "-1", "crop.margin must be above 0 and at most 4")]
    [InlineData("decoder", "\"classes\"", "decoder must be embedding")]
    [InlineData("dimension", "0", "dimension must lie between 1 and 16384")]
    [InlineData("thresholds.native.cosine", "-0.1", "thresholds.native.cosine must be a positive number")]
    [InlineData("thresholds.native.manhattan", "1", "thresholds.native.manhattan is no metric")]
    [InlineData("thresholds.deepface", "null", "thresholds.deepface.cosine must be a positive number")]
    [InlineData("thresholds.other", "{}", "thresholds must be native and deepface, nothing else")]
    [InlineData("thershold", "1", "thershold is not a member of a model")]
    public void Parse_WrongMember_IsNamed(string member, string json, string problem) =>
        ProblemsOf("Dlib", (member, json)).ShouldContain(line => line.StartsWith("models[", StringComparison.Ordinal) && line.EndsWith($": {problem}", StringComparison.Ordinal));

    [Theory]
    [InlineData("decoder", "\"nothing\"", "decoder must be one of: yunet, retinaface, scrfd, ssd, blazeface, ultraface, yolo-face, centerface, haar, mtcnn, fastmtcnn, mmod, dlib-hog")]
    [InlineData("input.takes_bytes", "true", "input.takes_bytes is for recognisers: nobody else takes a normalization")]
    [InlineData("score_threshold", "1", "score_threshold must lie between 0 and 1")]
    [InlineData("overlap_threshold", "null", "overlap_threshold must lie between 0 and 1")]
    public void Parse_WrongMemberOfADetector_IsNamed(string member, string json, string problem) => ProblemsOf("yunet", (member, json)).ShouldHaveSingleItem().ShouldEndWith(problem);

    [Theory]
    [InlineData("decoder", "\"classes\"", "decoder must be liveness")]
    [InlineData("crop", "null", "crop is missing")]
    public void Parse_WrongMemberOfALivenessModel_IsNamed(string member, string json, string problem) => ProblemsOf("minifasnet_v2", (member, json)).ShouldHaveSingleItem().ShouldEndWith(problem);

    [Theory]
    [InlineData("outputs", "[]", "outputs must tell at least one attribute")]
    [InlineData("outputs", "[null]", "outputs must be objects")]
    [InlineData("outputs", "[{\"action\":\"height\",\"tensor\":\"h\"}]", "outputs.action must be one of: age, gender, emotion, race")]
    [InlineData("outputs", "[{\"action\":\"gender\",\"tensor\":\"g\",\"classes\":[\"Man\",\"Cat\"]}]", "outputs.classes of gender must be DeepFace's: Woman, Man")]
    [InlineData("outputs", "[{\"action\":\"gender\",\"tensor\":\"g\",\"classes\":[\"Man\"]}]", "outputs.classes of gender must be DeepFace's: Woman, Man")]
    [InlineData("outputs", "[{\"action\":\"gender\",\"tensor\":\"g\",\"classes\":[\"Man\",\"Man\"]}]", "outputs.classes of gender must be DeepFace's: Woman, Man")]
    [InlineData("outputs", "[{\"action\":\"gender\",\"tensor\":\"g\"}]", "outputs.classes of gender must be DeepFace's: Woman, Man")]
    [InlineData("outputs", "[{\"action\":\"age\",\"tensor\":\"a\",\"classes\":[\"30\"]}]", "outputs.classes of age must be DeepFace's: ")]
    [InlineData("outputs", "[{\"action\":\"age\",\"tensor\":\"a\"},{\"action\":\"age\",\"tensor\":\"b\"}]", "outputs tell age twice")]
    [InlineData("outputs", "[{\"action\":\"gender\",\"tensor\":\"\",\"classes\":[\"Man\",\"Woman\"]}]", "outputs.tensor must be a text")]
    public void Parse_WrongOutputs_AreNamed(string member, string json, string problem) =>
        ProblemsOf("age_gender", (member, json)).ShouldContain(line => line.EndsWith(problem, StringComparison.Ordinal));

    [Theory]
    [InlineData("asian", "indian", "black", "white", "middle eastern")] // one is missing
    [InlineData("asian", "indian", "black", "white")] // two are, without other
    [InlineData("asian", "indian", "black", "other")] // white is none of those that other stands for
    [InlineData("asian", "indian", "black", "white", "middle eastern", "other")]
    [InlineData("asian", "indian", "black", "white", "middle eastern", "latino hispanic", "other")]
    public void Parse_RacesThatAreNotDeepFaces_AreNamed(params string[] classes) =>
        ProblemsOf("gear", ("outputs", RaceOutputs(classes))).ShouldContain(static line => line.Contains("outputs.classes of race must be DeepFace's", StringComparison.Ordinal));

    [Theory]
    [InlineData("white", "black", "asian", "indian", "other")]
    [InlineData("latino hispanic", "middle eastern", "white", "black", "indian", "asian")]
    public void Parse_EveryRaceInAnyOrder_IsRead(params string[] classes)
    {
        var catalog = JsonNode.Parse(File.ReadAllText(_path))!;
        RemoveFaceLiteAttributes(catalog);
        Model(catalog, "gear")["outputs"] = JsonNode.Parse(RaceOutputs(classes));

        Parse(catalog).AnswererOf(AttributeAction.Race).Outputs[0].Classes.ShouldBe(classes);
    }

    [Fact]
    public void Parse_ActionThatNoModelTells_IsAProblem()
    {
        var catalog = JsonNode.Parse(File.ReadAllText(_path))!;
        RemoveFaceLiteAttributes(catalog);
        catalog["models"]!.AsArray().Remove(Model(catalog, "gear"));
        catalog["models"]!.AsArray().Remove(Model(catalog, "age_gender"));
        catalog["models"]!.AsArray().RemoveAll(static model => ((string)model!["name"]!).StartsWith("deepface_", StringComparison.Ordinal));

        Problems(catalog).ShouldBe(["no model tells age", "no model tells gender", "no model tells race"]);
    }

    [Fact]
    public void Parse_SeveralProblems_AreAllToldOnALineEach()
    {
        string[] problems = ProblemsOf("Dlib", ("sha256", "\"x\""), ("crop.geometry", "1"), ("licence", "\" \""), ("surprise", "1"));

        problems.Length.ShouldBe(1, "a wrong JSON type hides the rest of its own model only");

        problems = ProblemsOf("Dlib", ("sha256", "\"x\""), ("crop.geometry", "\"round\""), ("licence", "\" \""), ("surprise", "1"));
        problems.Length.ShouldBe(4);
    }

    [Fact]
    public void Parse_ProblemsInSeveralModels_AreAllTold()
    {
        var catalog = JsonNode.Parse(File.ReadAllText(_path))!;
        foreach (var model in catalog["models"]!.AsArray())
        {
            model!["licence"] = " ";
        }

        Problems(catalog).Length.ShouldBe(catalog["models"]!.AsArray().Count);
    }

    [Fact]
    public void Parse_NameTwiceWithinATask_IsAProblem()
    {
        var catalog = JsonNode.Parse(File.ReadAllText(_path))!;
        Model(catalog, "mobilefacenet")["name"] = "DLIB";

        Problems(catalog).ShouldHaveSingleItem().ShouldEndWith("name occurs twice among the recognition models");
    }

    private static string[] ProblemsOf(string model, params (string Member, string Json)[] changes)
    {
        var catalog = JsonNode.Parse(File.ReadAllText(_path))!;
        foreach (var (member, json) in changes)
        {
            var target = Model(catalog, model);
            string[] path = member.Split('.');
            foreach (string step in path[..^1])
            {
                target = target[step]!;
            }

            target[path[^1]] = JsonNode.Parse(json);
        }

        return Problems(catalog);
    }

    private static JsonNode Model(JsonNode catalog, string name) => catalog["models"]!.AsArray().Single(model => (string)model!["name"]! == name)!;

    /// <summary>Takes out the model that tells everything.</summary>
    private static void RemoveFaceLiteAttributes(JsonNode catalog) => catalog["models"]!.AsArray().RemoveAll(static model => (string)model!["task"]! == "attributes" && (string)model["name"]! == "facelite");

    private static string RaceOutputs(string[] classes) => $$"""[{"action":"race","tensor":"race","classes":["{{string.Join("\",\"", classes)}}"]}]""";

    private static ModelCatalog Parse(JsonNode catalog) => ModelCatalog.Parse(Encoding.UTF8.GetBytes(catalog.ToJsonString()));

    private static string[] Problems(JsonNode catalog) => Should.Throw<InvalidDataException>(() => Parse(catalog)).Message.Split('\n');
}
