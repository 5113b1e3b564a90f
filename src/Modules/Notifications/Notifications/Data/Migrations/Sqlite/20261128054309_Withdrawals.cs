using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Notifications.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class Withdrawals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "is_closed",
                table: "replica_invites",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "group_id",
                table: "notifications",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_withdrawn",
                table: "notifications",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "counted",
                table: "folds",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            // What is told already is withdrawn like what is to come: by its group, and by the invite that it speaks of.
            migrationBuilder.Sql("UPDATE notifications SET group_id = upper(json_extract(data, '$.group_id')) WHERE type IN ('group_invite', 'invite_accepted', 'role_changed', 'member_kicked', 'group_deleted', 'mention', 'reply', 'message', 'borrow', 'borrow_reminder') AND json_extract(data, '$.group_id') IS NOT NULL");
            migrationBuilder.Sql("UPDATE notifications SET source_id = 'invite:' || json_extract(data, '$.invite_id') || ':' || source_id WHERE type = 'group_invite' AND json_extract(data, '$.invite_id') IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_group_id_is_read",
                table: "notifications",
                columns: new[] { "group_id", "is_read" });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_source_id",
                table: "notifications",
                column: "source_id");

            migrationBuilder.AlterColumn<Guid>(
                name: "inviter_id",
                table: "replica_invites",
                type: "TEXT",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "TEXT");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_notifications_group_id_is_read",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_source_id",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "is_closed",
                table: "replica_invites");

            migrationBuilder.DropColumn(
                name: "group_id",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "is_withdrawn",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "counted",
                table: "folds");

            migrationBuilder.AlterColumn<Guid>(
                name: "inviter_id",
                table: "replica_invites",
                type: "TEXT",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "TEXT",
                oldNullable: true);
        }
    }
}
