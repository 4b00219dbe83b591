using System.Globalization;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;

namespace FaceAspire.ModelHub.Internal;

/// <summary>Turns one model of the file into an entry, or says everything that is wrong with it.</summary>
/// <param name="file">The model as written.</param>
/// <param name="label">What problems begin with.</param>
/// <param name="problems">Receives them.</param>
/// <param name="isLocal">Whether the user wrote it: then a file needs neither hash nor origin.</param>
internal sealed class EntryReader(EntryFile file, string label, List<string> problems, bool isLocal = false)
{
    // Those of FaceAspire.Vision's DetectorFactory, which a test compares with this list.
    private static readonly string[] _detectors = ["yunet", "retinaface", "scrfd", "ssd", "blazeface", "ultraface", "yolo-face", "centerface", "haar", "mtcnn", "fastmtcnn", "mmod", "dlib-hog"];
    private static readonly Vocabulary<ModelTask> _tasks = Words(
        ("detection", ModelTask.Detection), ("recognition", ModelTask.Recognition), ("attributes", ModelTask.Attributes), ("liveness", ModelTask.Liveness), ("quality", ModelTask.Quality));
    private static readonly Vocabulary<ColorOrder> _colors = Words(("rgb", ColorOrder.Rgb), ("bgr", ColorOrder.Bgr), ("gray", ColorOrder.Gray));

    private static readonly Vocabulary<CommercialUse> _commercialUses = Words(("yes", CommercialUse.Yes), ("no", CommercialUse.No), ("unclear", CommercialUse.Unclear));
    private static readonly Vocabulary<Unpacking> _unpackings = Words(("zip", Unpacking.Zip), ("bz2", Unpacking.BZip2));

    // "eyes" is DeepFace's crop in the face's own size: native to its attribute models and to no recogniser.
    private static readonly Vocabulary<CropGeometry> _geometries = Words(
        ("five-point", CropGeometry.FivePoint), ("dlib", CropGeometry.Dlib), ("square", CropGeometry.Square), ("surroundings", CropGeometry.Surroundings),
        ("box", CropGeometry.Box), ("eyes-and-nose", CropGeometry.EyesAndNose), ("eyes", CropGeometry.Eyes));

    private readonly int _problemsBefore = problems.Count;

    /// <summary>The entry; null when something is wrong with it, which then stands among the problems.</summary>
    public ModelEntry? Read()
    {
        Unknown(file, "");
        CheckFile("", file.File, file.Sha256, file.SizeBytes, file.Origin is not null);
        var origin = Origin("origin", file.Origin);
        var moreFiles = MoreFiles();
        var task = Word("task", file.Task, _tasks);
        var commercial = Word("commercial", file.Commercial, _commercialUses);
        var input = Input("input", file.Input, task);
        var crop = task == ModelTask.Detection ? null : Crop();
        CheckCrop(crop, input, task);
        var texts = new
        {
            Name = Text("name", file.Name),
            Description = Text("description", file.Description),
            Licence = Text("licence", file.Licence),
            Source = Text("source", file.Source),
            Decoder = Text("decoder", file.Decoder),
        };
        var thresholds = task == ModelTask.Recognition ? Thresholds() : [];
        var calibrations = task == ModelTask.Recognition ? Calibrations() : [];
        var outputs = task == ModelTask.Attributes ? Outputs() : [];
        switch (task)
        {
            case ModelTask.Detection:
                Check(_detectors.Contains(file.Decoder), $"decoder must be one of: {string.Join(", ", _detectors)}");
                Check(file.ScoreThreshold is > 0 and < 1, "score_threshold must lie between 0 and 1");
                Check(file.OverlapThreshold is > 0 and < 1, "overlap_threshold must lie between 0 and 1");
                break;
            case ModelTask.Recognition:
                Check(file.Decoder == "embedding", "decoder must be embedding");
                Check(file.Dimension is > 0 and <= 16_384, "dimension must lie between 1 and 16384");
                break;
            case ModelTask.Liveness:
                Check(file.Decoder == "liveness", "decoder must be liveness");
                break;
            case ModelTask.Quality:
                Check(file.Decoder == "mean", "decoder must be mean");
                break;
            default:
                Check(file.Decoder == "classes", "decoder must be classes");
                break;
        }

        var deepFaceInput = file.DeepFaceInput is null ? null : Input("deepface_input", file.DeepFaceInput, task);
        if (problems.Count > _problemsBefore || input is null || task is null)
        {
            return null;
        }

        return new()
        {
            Name = texts.Name,
            Task = task.Value,
            Description = texts.Description,
            File = file.File!,
            Sha256 = file.Sha256,
            SizeBytes = file.SizeBytes,
            Origin = origin,
            MoreFiles = moreFiles,
            Licence = texts.Licence,
            Commercial = commercial ?? CommercialUse.Unclear,
            Source = texts.Source,
            Accuracy = file.Accuracy,
            Input = input,
            Crop = crop,
            Decoder = texts.Decoder,
            Dimension = file.Dimension ?? 0,
            MakesUnitLength = file.UnitLength ?? false,
            NativeMeasured = file.NativeMeasured ?? false,
            Thresholds = thresholds,
            Calibrations = calibrations,
            DeepFaceInput = deepFaceInput,
            ScoreThreshold = file.ScoreThreshold ?? 0,
            OverlapThreshold = file.OverlapThreshold ?? 0,
            Outputs = outputs,
        };
    }

    private static Vocabulary<T> Words<T>(params (string Name, T Value)[] words)
        where T : notnull => new(words.Select(static word => KeyValuePair.Create(word.Name, word.Value)));

    private void Check(bool condition, string problem)
    {
        if (!condition)
        {
            problems.Add($"{label}: {problem}");
        }
    }

    private void CheckFile(string path, string? name, string? sha256, long? sizeBytes, bool hasOrigin)
    {
        Check(name is not null && ModelEntry.IsPlainName(name), $"{path}file must be a plain file name");
        bool mayLackHash = hasOrigin || isLocal;
        Check(sha256 is null ? mayLackHash : ModelEntry.IsSha256(sha256), $"{path}sha256 must be 64 lower-case hexadecimal digits");
        Check(sizeBytes is null ? mayLackHash && sha256 is null : sizeBytes > 0, $"{path}size_bytes must be positive");
    }

    private ModelOrigin? Origin(string member, OriginFile? origin)
    {
        if (origin is null)
        {
            return null;
        }

        Unknown(origin, $"{member}.");
        bool isUrl = Uri.TryCreate(origin.Url, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
        Check(isUrl, $"{member}.url must be an http or https address");
        string name = origin.File ?? (isUrl ? Uri.UnescapeDataString(url!.Segments[^1]) : "");
        Check(!isUrl || ModelEntry.IsPlainName(name), $"{member}.file must be a plain file name, which the url does not end with");
        Check(origin.Sha256 is null || ModelEntry.IsSha256(origin.Sha256), $"{member}.sha256 must be 64 lower-case hexadecimal digits");
        Check(origin.SizeBytes is null or > 0, $"{member}.size_bytes must be positive");
        Check(origin.Architecture is null || IsArchitectureName(origin.Architecture), $"{member}.architecture must be lower-case words with dashes");
        var unpack = origin.Unpack is null ? Unpacking.None : Word($"{member}.unpack", origin.Unpack, _unpackings) ?? Unpacking.None;
        return isUrl ? new(url!, name) { Sha256 = origin.Sha256, SizeBytes = origin.SizeBytes, Architecture = origin.Architecture, Unpack = unpack } : null;
    }

    // Whether it can be built is asked when it is: a catalogue may be newer than the program.
    private static bool IsArchitectureName(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private List<ModelFile> MoreFiles()
    {
        List<ModelFile> files = [];
        foreach (var more in file.MoreFiles ?? [])
        {
            if (more is null)
            {
                Check(false, "more_files must be objects");
                continue;
            }

            Unknown(more, "more_files.");
            CheckFile("more_files.", more.File, more.Sha256, more.SizeBytes, more.Origin is not null);
            files.Add(new(more.File ?? "", more.Sha256, more.SizeBytes, Origin("more_files.origin", more.Origin)));
        }

        return files;
    }

    private void Unknown(FileObject part, string path)
    {
        foreach (string member in part.Unknown?.Keys ?? Enumerable.Empty<string>())
        {
            Check(false, $"{path}{member} is not a member of a model");
        }
    }

    private string Text(string member, string? value)
    {
        Check(!string.IsNullOrWhiteSpace(value), $"{member} must be a text");
        return value ?? "";
    }

    private T? Word<T>(string member, string? name, Vocabulary<T> words)
        where T : struct
    {
        if (name is not null && words.TryParse(name, out var value))
        {
            return value;
        }

        Check(false, $"{member} must be one of: {string.Join(", ", words.Names)}");
        return null;
    }

    private ModelInput? Input(string member, InputFile? input, ModelTask? task)
    {
        if (input is null)
        {
            Check(false, $"{member} is missing");
            return null;
        }

        Unknown(input, $"{member}.");
        var color = Word($"{member}.color", input.Color, _colors);
        Check(input.Width is > 0 and <= 4_096 && input.Height is > 0 and <= 4_096, $"{member} must have a width and a height of 1 to 4096");
        Check(input.Mean?.Count == (color == ColorOrder.Gray ? 1 : 3), $"{member}.mean must have one number per channel");
        Check(input.Scale is { } scale && float.IsFinite(scale) && scale != 0, $"{member}.scale must be a number other than 0");
        Check(input.TakesBytes is null || task == ModelTask.Recognition, $"{member}.takes_bytes is for recognisers: nobody else takes a normalization");
        bool takesShares = input.TakesShares ?? false;
        Check(!takesShares || (task is ModelTask.Recognition or ModelTask.Attributes && input.TakesBytes is null), $"{member}.takes_shares is for recognisers and attribute models that take no bytes");
        Check(input.FittedSide is null || (takesShares && input.FittedSide is > 0 and <= 4_096), $"{member}.fitted_side is for networks that take shares, 1 to 4096");
        Check(input.Standardized is null || !takesShares, $"{member}.standardized is for networks that take no shares");
        return color is { } order && input.Mean is { } mean
            ? new(input.Width ?? 0, input.Height ?? 0, order, mean, input.Scale ?? 0, input.TakesBytes ?? false)
            {
                TakesShares = takesShares,
                FittedSide = input.FittedSide ?? 0,
                IsStandardized = input.Standardized ?? false,
            }
            : null;
    }

    private void CheckCrop(CropRecipe? crop, ModelInput? input, ModelTask? task)
    {
        if (crop is null || input is null)
        {
            return;
        }

        if (crop.Geometry == CropGeometry.Eyes || (input.TakesShares && task == ModelTask.Attributes))
        {
            bool isWhole = crop.Geometry == CropGeometry.Eyes && crop.Width == 0 && crop.Height == 0;
            Check(isWhole && input.TakesShares && task == ModelTask.Attributes, "crop.geometry eyes, without a size, is for attribute models that take shares, and they take no other");
            return;
        }

        Check(!input.TakesShares, "input.takes_shares does not go with a crop of bytes: a recogniser has it in deepface_input");
        Check(crop.Width == input.Width && crop.Height == input.Height, "crop must have the size of input");
    }

    private CropRecipe? Crop()
    {
        if (file.Crop is not { } crop)
        {
            Check(false, "crop is missing");
            return null;
        }

        Unknown(crop, "crop.");
        Check(crop.Margin is null or (> 0 and <= 4), "crop.margin must be above 0 and at most 4");
        return Word("crop.geometry", crop.Geometry, _geometries) is { } geometry ? new(geometry, crop.Width ?? 0, crop.Height ?? 0, crop.Margin ?? 1) : null;
    }

    private Dictionary<AlignmentMode, IReadOnlyDictionary<DistanceMetric, double>> Thresholds()
    {
        var result = new Dictionary<AlignmentMode, IReadOnlyDictionary<DistanceMetric, double>>();
        foreach (var alignment in (ReadOnlySpan<AlignmentMode>)[AlignmentMode.Native, AlignmentMode.DeepFace])
        {
            string name = ApiNames.Alignments.NameOf(alignment);
            var written = file.Thresholds?.GetValueOrDefault(name) ?? [];
            result[alignment] = ByMetric(written, $"thresholds.{name}", "a positive number", static value => double.IsFinite(value) && value > 0, complete: true);
        }

        Check(file.Thresholds is null || file.Thresholds.Count == result.Count, "thresholds must be native and deepface, nothing else");
        return result;
    }

    private Dictionary<DistanceMetric, ConfidenceCalibration> Calibrations()
    {
        var complete = new Dictionary<string, ConfidenceCalibration>();
        foreach (var (metric, written) in file.Calibrations ?? [])
        {
            if (written is { Weight: { } weight, Bias: { } bias, Normalizer: { } normalizer, MaxTrue: { } maxTrue, MinTrue: { } minTrue, MaxFalse: { } maxFalse, MinFalse: { } minFalse })
            {
                Unknown(written, $"calibrations.{metric}.");
                complete[metric] = new(weight, bias, normalizer, maxTrue, minTrue, maxFalse, minFalse);
            }
            else
            {
                Check(false, $"calibrations.{metric} must have all seven numbers");
            }
        }

        return ByMetric(complete, "calibrations", "a calibration with maxima above its minima", static c => c.MaxTrue > c.MinTrue && c.MaxFalse > c.MinFalse, complete: complete.Count > 0);
    }

    private Dictionary<DistanceMetric, T> ByMetric<T>(Dictionary<string, T> written, string member, string kind, Func<T, bool> isValid, bool complete)
    {
        var result = new Dictionary<DistanceMetric, T>();
        foreach (var (name, value) in written)
        {
            if (ApiNames.Metrics.TryParse(name, out var metric))
            {
                Check(isValid(value), $"{member}.{name} must be {kind}");
                result[metric] = value;
            }
            else
            {
                Check(false, $"{member}.{name} is no metric");
            }
        }

        foreach (string name in ApiNames.Metrics.Names)
        {
            Check(!complete || written.ContainsKey(name), $"{member}.{name} must be {kind}");
        }

        return result;
    }

    private List<AttributeOutput> Outputs()
    {
        List<AttributeOutput> outputs = [];
        foreach (var output in file.Outputs ?? [])
        {
            if (output is null)
            {
                Check(false, "outputs must be objects");
                continue;
            }

            Unknown(output, "outputs.");
            string[] classes = [.. (output.Classes ?? []).Select(static name => name ?? "")];
            if (Word("outputs.action", output.Action, ApiNames.Actions) is { } action)
            {
                Check(AreClassesOf(action, classes), $"outputs.classes of {output.Action} must be DeepFace's: {string.Join(", ", DeepFaceClasses.Of(action))}");
                Check(!outputs.Exists(other => other.Action == action), $"outputs tell {output.Action} twice");
                outputs.Add(new(action, Text("outputs.tensor", output.Tensor), classes));
            }
        }

        Check(outputs.Count > 0, "outputs must tell at least one attribute");
        return outputs;
    }

    // An age in years has no class; a network of one class a year has them in order, from 0.
    private static bool AreYears(string[] classes) => classes.SequenceEqual(Enumerable.Range(0, classes.Length).Select(static year => year.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Each class once, in any order: a class that the network lacks would be answered with 0 % for ever. <c>other</c> stands for two races at once.</summary>
    private static bool AreClassesOf(AttributeAction action, string[] classes)
    {
        if (action == AttributeAction.Age)
        {
            return AreYears(classes);
        }

        IEnumerable<string> told = action == AttributeAction.Race
            ? classes.SelectMany(static name => name == DeepFaceClasses.OtherRace ? DeepFaceClasses.OtherRaces : [name])
            : classes;
        return told.Order(StringComparer.Ordinal).SequenceEqual(DeepFaceClasses.Of(action).Order(StringComparer.Ordinal));
    }
}
