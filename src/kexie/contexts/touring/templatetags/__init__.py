"""Filters of touring's pages."""
