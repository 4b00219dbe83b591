using FaceAspire.Attributes;
using FaceAspire.Detection;
using FaceAspire.Recognition;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("faceaspire");
builder.AddDetection();
builder.AddRecognition();
builder.AddAttributes();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("faceaspire");
app.MapDetection();
app.MapRecognition();
app.MapAttributes();
app.MapModels();

return await app.RunServiceAsync();
