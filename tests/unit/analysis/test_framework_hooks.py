"""What a framework does by itself is recorded by the hooks of the project that it runs around it."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, run

MODELS = """
from django.db import models
import reversion

class Loan(models.Model):
    status = models.CharField(max_length=20)

class LoanEntry(models.Model):
    loan = models.ForeignKey(Loan, null=True, on_delete=models.SET_NULL)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

@reversion.register()
class Parcel(models.Model):
    status = models.CharField(max_length=20)

class Ticket(models.Model):
    status = models.CharField(max_length=20)

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        TicketEntry.objects.create(ticket=self, actor="desk", action=self.status)

class TicketEntry(models.Model):
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
"""
VIEWS = """
import reversion
from django.views.generic import CreateView, DeleteView, UpdateView
from rest_framework import serializers, viewsets

from desk.models import Loan, LoanEntry, Parcel, Ticket

class Noting:
    def form_valid(self, form):
        response = super().form_valid(form)
        LoanEntry.objects.create(loan=self.object, actor=str(self.request.user), action="changed")
        return response

class Edit(Noting, UpdateView):
    model = Loan
    fields = ["status"]

class Sometimes(UpdateView):
    model = Loan
    fields = ["status"]

    def form_valid(self, form):
        if form.cleaned_data["status"] == "lost":
            LoanEntry.objects.create(loan=self.object, actor=str(self.request.user), action="lost")
        return super().form_valid(form)

class Remove(DeleteView):
    model = Loan
    success_url = "/"

    def form_valid(self, form):
        LoanEntry.objects.create(actor=str(self.request.user), action="deleted")
        return super().form_valid(form)

class Add(CreateView):
    model = Loan
    fields = ["status"]

class EditParcel(UpdateView):
    model = Parcel
    fields = ["status"]

    def form_valid(self, form):
        with reversion.create_revision():
            return super().form_valid(form)

class AddParcel(CreateView):
    model = Parcel
    fields = ["status"]

class EditTicket(UpdateView):
    model = Ticket
    fields = ["status"]

class LoanSerializer(serializers.ModelSerializer):
    class Meta:
        model = Loan
        fields = ["status"]

class LoanApi(viewsets.ModelViewSet):
    queryset = Loan.objects.all()
    serializer_class = LoanSerializer

    def perform_destroy(self, instance):
        LoanEntry.objects.create(actor=str(self.request.user), action="deleted")
        super().perform_destroy(instance)
"""
URLS = """
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from desk import views

router = DefaultRouter()
router.register("loans", views.LoanApi)
urlpatterns = [
    path("edit/<pk>", views.Edit.as_view()), path("sometimes/<pk>", views.Sometimes.as_view()), path("remove/<pk>", views.Remove.as_view()),
    path("add", views.Add.as_view()), path("parcel/<pk>", views.EditParcel.as_view()), path("parcel", views.AddParcel.as_view()),
    path("ticket/<pk>", views.EditTicket.as_view()), path("api/", include(router.urls)),
]
"""
FILES = {"manage.py": "", "desk/__init__.py": "", "desk/models.py": MODELS, "desk/views.py": VIEWS, "desk/urls.py": URLS}


def test_records_of_hooks_count_for_what_the_framework_does(tmp_path: Path) -> None:
    """Before or after the hand-over, on every path or on some; in a base of the view, in the model's own method, in a block that a hook opens."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    rows = run(Options(tmp_path))[0].decisions
    found = {(d.symbol.partition(".")[0], d.effect.operation): d.status for d in rows if d.source == "person"}
    assert found == {
        ("Edit", "update"): "audited", ("Sometimes", "update"): "partial", ("Remove", "delete"): "audited", ("Add", "create"): "unaudited",
        ("EditParcel", "update"): "audited", ("AddParcel", "create"): "unaudited", ("EditTicket", "update"): "audited",
        ("LoanApi", "create"): "unaudited", ("LoanApi", "update"): "unaudited", ("LoanApi", "delete"): "audited",
    }
