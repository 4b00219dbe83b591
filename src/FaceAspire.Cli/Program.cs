using System.CommandLine;
using FaceAspire.Cli.Annotation;
using FaceAspire.Cli.Evaluation;
using FaceAspire.Cli.Galleries;

return await new RootCommand("FaceAspire on the command line.") { AnnotateCommand.Create(), EvaluateCommand.Create(), GalleryCommand.Create() }.Parse(args).InvokeAsync();
