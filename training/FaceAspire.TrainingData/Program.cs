using FaceAspire.TrainingData;

// What the networks are trained on, cut by the product's own pipeline.
if (args is not [("recognition" or "attributes" or "crops") and var task, var output, var models, .. var sources] || sources.Length == 0)
{
    await Console.Error.WriteLineAsync(
        "usage: FaceAspire.TrainingData recognition|attributes|crops OUT_FOLDER MODELS_FOLDER SOURCE [SOURCE ...]   (a source is a .tar.gz or a folder of pictures)");
    return 2;
}

using var networks = new TeacherNetworks(models);
IReadOnlyList<ITeacher> teachers = task switch
{
    "recognition" => networks.Recognition(),
    "attributes" => networks.Attributes(),
    _ => [],
};
new FaceExport(networks.Detector, teachers).Run(output, sources);
return 0;
